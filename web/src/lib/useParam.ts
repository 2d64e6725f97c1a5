import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** A part of the address behind "?", kept through reloads and by links. Undefined takes it away. */
export function useParam(name: string): [string | undefined, (value: string | undefined) => void] {
  const value = useSearch({ strict: false, select: (search: Record<string, unknown>) => search[name] });
  const navigate = useNavigate();
  const set = useCallback(
    (next: string | undefined) =>
      void navigate({
        to: ".",
        search: ((old: Record<string, unknown>) => ({ ...old, [name]: next })) as never,
        hash: true,
        replace: true,
      }),
    [navigate, name],
  );
  return [value === undefined ? undefined : String(value), set];
}

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { toast } from "@/design/Toaster";
import { refusalOf } from "@/features/workflows/import/check";
import { LISTS, workflowKey } from "@/features/workflows/queries";
import { t } from "@/i18n";

/** Sends a file to be kept as a workflow, and opens it. What is refused stays where one is, with a sentence. */
export function useImport() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const at = useRef<AbortController>(undefined);

  const take = useCallback(
    async (file: File) => {
      at.current?.abort();
      const mine = new AbortController();
      at.current = mine;
      setProblem(null);
      setBusy(file.name);
      try {
        const why = await refusalOf(file);
        if (why) throw new ApiProblem({ kind: "not-taken", status: 422, detail: why });
        const form = new FormData();
        form.append("file", file, file.name);
        const { data } = await api.POST("/api/v1/workflows/import", {
          body: form as never,
          bodySerializer: (body: unknown) => body as FormData,
          signal: mine.signal,
        });
        if (!data) throw new TypeError("An answer without a workflow");
        client.setQueryData(workflowKey(data.id, undefined), data);
        for (const queryKey of LISTS) void client.invalidateQueries({ queryKey });
        toast(t("workflows.import.done", { name: data.name }), {
          description: t("workflows.import.doneHelp"),
        });
        await navigate({ to: "/workflows/$workflowId", params: { workflowId: data.id } });
        return true;
      } catch (error) {
        if (!mine.signal.aborted) setProblem(error);
        return false;
      } finally {
        if (at.current === mine) setBusy(null);
      }
    },
    [client, navigate],
  );
  const clear = useCallback(() => {
    at.current?.abort();
    setProblem(null);
    setBusy(null);
  }, []);
  return { take, busy, problem, clear };
}

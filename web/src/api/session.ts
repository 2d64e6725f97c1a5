import { create } from "zustand";
import type { Me } from "@/api/schema.gen";

type Session = {
  /** undefined: not asked yet; null: nobody is signed in. */
  me: Me | null | undefined;
  csrf: string | null;
};

/** Who is signed in. The session itself is a cookie that no script can read. */
export const useSession = create<Session>(() => ({ me: undefined, csrf: null }));

export const csrfToken = () => useSession.getState().csrf;
export const signedIn = (me: Me, csrf: string) => useSession.setState({ me, csrf });
export const signedOut = () => useSession.setState({ me: null, csrf: null });

/** Asks the server who is signed in; remembers and returns it. */
export async function loadSession(): Promise<Me | null> {
  const known = useSession.getState().me;
  if (known !== undefined) return known;
  const { api } = await import("@/api/client");
  const { data } = await api.GET("/api/v1/browser/session");
  if (data?.signed_in && data.me && data.csrf_token) {
    signedIn(data.me, data.csrf_token);
    return data.me;
  }
  signedOut();
  return null;
}

/** May who is signed in do this? What is not allowed is not shown. */
export function useMay(permission: string): boolean {
  return useSession((session) => session.me?.permissions.includes(permission) ?? false);
}

import { create } from "zustand";
import type { BrowserSession, Me } from "@/api/schema.gen";
import { become } from "@/lib/owner";

type Session = {
  /** undefined: not asked yet; null: nobody is signed in. */
  me: Me | null | undefined;
  csrf: string | null;
  /** It was there, and is over: `me` stays, so that the page keeps what was typed, until one signs in again. */
  ended: boolean;
  /** How often something was tried in it since: each time one is asked to sign in again. */
  tried: number;
};

/** Who is signed in. The session itself is a cookie that no script can read. */
export const useSession = create<Session>(() => ({
  me: undefined,
  csrf: null,
  ended: false,
  tried: 0,
}));

export const csrfToken = () => useSession.getState().csrf;
/** Whoever is another than before finds nothing of theirs in the page (lib/owner.ts). */
export function signedIn(me: Me, csrf: string): void {
  become({ person: me.id, organisation: me.organisation_id });
  useSession.setState({ me, csrf, ended: false });
}
export const signedOut = () => useSession.setState({ me: null, csrf: null, ended: false });

/** The server knows this session no more. `tried`: somebody wanted to change something, and could not. */
export const sessionEnded = (tried = false) =>
  useSession.setState((now) => {
    if (!now.me) return { me: null, csrf: null };
    return { csrf: null, ended: true, tried: tried || !now.ended ? now.tried + 1 : now.tried };
  });

/** Takes over what one of the /browser routes has answered. */
export function takeSession(answer: BrowserSession | undefined): Me | null {
  if (answer?.signed_in && answer.me && answer.csrf_token) {
    signedIn(answer.me, answer.csrf_token);
    return answer.me;
  }
  sessionEnded();
  return null;
}

let asking: Promise<Me | null> | undefined;

/** Asks the server who is signed in; whoever asks meanwhile gets the same answer. */
export function refreshSession(): Promise<Me | null> {
  asking ??= import("@/api/client")
    .then(({ api }) => api.GET("/api/v1/browser/session"))
    .then(({ data }) => takeSession(data))
    .finally(() => {
      asking = undefined;
    });
  return asking;
}

/** Who is signed in: as known, else as the server says. */
export async function loadSession(): Promise<Me | null> {
  const known = useSession.getState().me;
  return known !== undefined ? known : refreshSession();
}

/** May who is signed in do this? What is not allowed is not shown. */
export function useMay(permission: string): boolean {
  return useSession((session) => session.me?.permissions.includes(permission) ?? false);
}

import { api } from "@/api/client";
import type { Me } from "@/api/schema.gen";
import { takeSession, useSession } from "@/api/session";
import { forgetPerson } from "@/lib/forget";

const others = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("studio.session");

/** What a tab says that signs out; others name whom the cookie belongs to. */
const OUT = "out";

/** Goes where the page leads when somebody signs out in another tab: nothing of theirs stays on a screen. */
export function followSignOut(): () => void {
  const left = ({ data }: MessageEvent<string>) => data === OUT && location.assign("/login");
  others?.addEventListener("message", left);
  return () => others?.removeEventListener("message", left);
}

const ownerOf = (me: Me | null | undefined) => (me ? `${me.id} ${me.organisation_id}` : undefined);

/** Tells the other tabs who goes on in this browser: its one cookie is now theirs in each of them. */
function tell(): void {
  const { me, ended } = useSession.getState();
  const now = ended ? undefined : ownerOf(me);
  if (now && now !== told) others?.postMessage(now);
  told = now;
}
let told: string | undefined;
useSession.subscribe(tell);
tell();

// Somebody else does: who is signed in here is asked for anew, and pages of theirs are loaded anew (app/Shell.tsx).
others?.addEventListener("message", ({ data }) => {
  const mine = ownerOf(useSession.getState().me);
  if (data !== OUT && mine && data !== mine) useSession.setState({ me: undefined, csrf: null });
});

/** Signs out, in all tabs. The page is loaded anew: nothing that it knew stays in memory. */
export async function signOut(): Promise<void> {
  await api.DELETE("/api/v1/browser/session");
  forgetPerson();
  others?.postMessage(OUT);
  location.assign("/login");
}

/** Goes on in another organisation, with a page that knows nothing of the one before. */
export async function switchTo(organisationId: string): Promise<void> {
  const { data } = await api.POST("/api/v1/browser/switch", { body: { organisation_id: organisationId } });
  takeSession(data);
  location.assign("/");
}

import { api } from "@/api/client";
import { takeSession } from "@/api/session";
import { forgetPerson } from "@/lib/forget";

const others = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("studio.session");

/** Goes where the page leads when somebody signs out in another tab: nothing of theirs stays on a screen. */
export function followSignOut(): () => void {
  const left = () => location.assign("/login");
  others?.addEventListener("message", left);
  return () => others?.removeEventListener("message", left);
}

/** Signs out, in all tabs. The page is loaded anew: nothing that it knew stays in memory. */
export async function signOut(): Promise<void> {
  await api.DELETE("/api/v1/browser/session");
  forgetPerson();
  others?.postMessage("out");
  location.assign("/login");
}

/** Goes on in another organisation, with a page that knows nothing of the one before. */
export async function switchTo(organisationId: string): Promise<void> {
  const { data } = await api.POST("/api/v1/browser/switch", { body: { organisation_id: organisationId } });
  takeSession(data);
  location.assign("/");
}

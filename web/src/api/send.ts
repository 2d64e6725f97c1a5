import { csrfToken, refreshSession, useSession } from "@/api/session";
import { t } from "@/i18n";

const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/** `fetch` with the session's CSRF token where something is changed.
 *
 * Another tab may have signed in anew, and the token with it: then it is asked for once, and the request sent again,
 * if it is still the same person in the same organisation. */
export async function send(request: Request): Promise<Response> {
  if (!UNSAFE.has(request.method)) return fetch(request);
  const again = request.clone();
  const before = useSession.getState().me;
  const answer = await fetch(signed(request));
  if (answer.status !== 403 || !before || !(await isCsrf(answer))) return answer;
  const now = await refreshSession();
  if (!now) return ended();
  const same = now.id === before.id && now.organisation_id === before.organisation_id;
  return same ? fetch(signed(again)) : answer;
}

function signed(request: Request): Request {
  const token = csrfToken();
  if (token) request.headers.set("X-CSRF-Token", token);
  return request;
}

/** What is refused for want of a token is so because the session is over: that is what one needs to know. */
function ended(): Response {
  const problem = { type: "/problems/unauthenticated", status: 401, detail: t("problem.ended") };
  return new Response(JSON.stringify(problem), { status: 401 });
}

async function isCsrf(answer: Response): Promise<boolean> {
  try {
    const { type } = (await answer.clone().json()) as { type?: string };
    return type?.endsWith("/csrf") ?? false;
  } catch {
    return false;
  }
}

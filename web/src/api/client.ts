import createFetchClient, { type Middleware } from "openapi-fetch";
import createClient from "openapi-react-query";
import { ApiProblem, problemOf } from "@/api/problem";
import type { paths } from "@/api/schema.gen";
import { send } from "@/api/send";
import { sessionEnded } from "@/api/session";
import { uuid } from "@/lib/uuid";

/** Pages ask these as one types; they change nothing. */
const ASKED_BY_THEMSELVES = new Set([
  "/api/v1/quotes",
  "/api/v1/prompts/tokens",
  "/api/v1/workflows/validate",
]);

const problems: Middleware = {
  async onResponse({ request, response }) {
    if (response.ok) return response;
    const { pathname } = new URL(request.url);
    if (response.status === 401 && !pathname.startsWith("/api/v1/browser/"))
      sessionEnded(request.method !== "GET" && !ASKED_BY_THEMSELVES.has(pathname));
    throw await problemOf(response);
  },
  onError({ error }) {
    return new ApiProblem({ kind: "offline", status: 0, detail: String(error) });
  },
};

/** The API, typed by its document. Who is refused gets an `ApiProblem` thrown. */
export const api = createFetchClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  fetch: send,
});
api.use(problems);

/** The same as TanStack Query hooks: `$api.useQuery("get", "/api/v1/credits")`. */
export const $api = createClient(api);

/** What a write that creates or charges is known by when it is sent again: one for each press of a button. */
export const idempotencyKey = uuid;

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { api } from "@/api/client";
import { ApiProblem, sentence } from "@/api/problem";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { takeOver } from "@/jobs/handover";
import { KINDS } from "./draft/draft";
import { parseExactly } from "./draft/exact";
import { readDraft } from "./draft/reading";
import { asDraft } from "./draft/request";
import { change, fill } from "./draft/store";

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The request that a picture was painted by, of all that is known of it; null where it was painted by another kind. */
export function requestIn(details: unknown): Fields | null {
  const { kind, parameters } = fields(fields(details).metadata);
  const request = fields(parameters);
  const named = { kind, ...request };
  return (KINDS as readonly unknown[]).includes(named.kind) && typeof request.prompt === "string"
    ? named
    : null;
}

/** What of a workflow's picture is known all the same: enough to paint something like it. */
export function recipeIn(details: unknown): Fields | null {
  const recipe = fields(fields(fields(details).metadata).recipe);
  if (typeof recipe.prompt !== "string") return null;
  const { batch_size, denoise, ...rest } = recipe;
  return { ...rest, kind: "txt2img", batch: batch_size ?? 1 };
}

async function fillFrom(id: string): Promise<void> {
  // As text: seeds may be larger than the numbers that JavaScript reads.
  const { data } = await api.GET("/api/v1/assets/{asset_id}", {
    params: { path: { asset_id: id } },
    parseAs: "text",
  });
  const details = parseExactly(String(data));
  const request = requestIn(details);
  const recipe = request ? null : recipeIn(details);
  if (request) {
    fill(readDraft(asDraft(request)));
    toast.success(t("advanced.from.filled"));
  } else if (recipe) {
    fill(readDraft(asDraft(recipe)));
    toast(t("advanced.from.like"));
  } else toast.error(t("advanced.from.unknown"));
}

/** Fills the form by what the address says, once: `?from=` a picture's recipe, `?image=` a picture to begin with,
 * `?prompt=` words; or by what the other mode handed over. */
export function useArriving(): void {
  const search = useSearch({ strict: false }) as { from?: unknown; image?: unknown; prompt?: unknown };
  const navigate = useNavigate();
  const began = useRef("");
  useEffect(() => {
    const work = takeOver();
    if (work && "prompt" in work) fill(readDraft(asDraft(work)));
  }, []);
  useEffect(() => {
    const { from, image, prompt } = search;
    const key = JSON.stringify([from, image, prompt]);
    if (key === "[null,null,null]") {
      began.current = "";
      return;
    }
    if (began.current === key) return;
    began.current = key;
    // Once it is in the form, a reload shall not undo what is changed there.
    void navigate({ to: "/create/advanced", search: {} as never, replace: true });
    if (prompt !== undefined) change({ prompt: String(prompt) });
    if (typeof image === "string" && ID.test(image)) change({ kind: "img2img", image });
    if (typeof from === "string" && ID.test(from))
      void fillFrom(from).catch((error: unknown) =>
        toast.error(
          error instanceof ApiProblem && error.status === 404
            ? t("advanced.from.gone")
            : t("advanced.from.failed", { why: sentence(error) }),
        ),
      );
  }, [search, navigate]);
}

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { api } from "@/api/client";
import { ApiProblem, sentence } from "@/api/problem";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { takeOver } from "@/jobs/handover";
import { DEFAULT, type Draft, KINDS } from "./draft/draft";
import { parseExactly } from "./draft/exact";
import { readDraft } from "./draft/reading";
import { asDraft } from "./draft/request";
import { change, fill, useDrafts } from "./draft/store";

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

const now = (): Draft => useDrafts.getState().draft;
const same = (one: Draft, other: Draft): boolean => JSON.stringify(one) === JSON.stringify(other);
/** Has nothing been set up in it? */
const untouched = (draft: Draft): boolean => same(draft, { ...DEFAULT, model: draft.model });

/** What gives back the draft that another takes the place of; nothing where there was none. */
export function replaced(next: Draft): { action?: { label: string; onClick: () => void } } {
  const before = now();
  fill(next);
  return untouched(before) || same(before, next)
    ? {}
    : { action: { label: t("action.undo"), onClick: () => fill(before) } };
}

/** Takes what was written in Simple: what it does not speak of (LoRAs, ControlNets…) stays as it was set up. */
export function takeFromSimple(work: Fields): void {
  const undo = replaced(readDraft(asDraft(work, now()), now()));
  if (undo.action) toast(t("advanced.from.simple"), undo);
}

/** Fills the form by a picture's recipe. Words that were written while it was asked for are not overwritten unasked. */
export async function fillFrom(id: string): Promise<void> {
  const { prompt, negative_prompt } = now();
  // As text: seeds may be larger than the numbers that JavaScript reads.
  const { data } = await api.GET("/api/v1/assets/{asset_id}", {
    params: { path: { asset_id: id } },
    parseAs: "text",
  });
  const details = parseExactly(String(data));
  const request = requestIn(details);
  const recipe = request ? null : recipeIn(details);
  const found = request ?? recipe;
  if (!found) return void toast.error(t("advanced.from.unknown"));
  const take = () => {
    const undo = replaced(readDraft(asDraft(found)));
    if (request) toast.success(t("advanced.from.filled"), undo);
    else toast(t("advanced.from.like"), undo);
  };
  if (now().prompt === prompt && now().negative_prompt === negative_prompt) take();
  else toast(t("advanced.from.late"), { action: { label: t("advanced.from.use"), onClick: take } });
}

/** Fills the form by what the address says, once: `?from=` a picture's recipe, `?image=` a picture to begin with,
 * `?prompt=` words; or by what the other mode handed over. */
export function useArriving(): void {
  const search = useSearch({ strict: false }) as { from?: unknown; image?: unknown; prompt?: unknown };
  const navigate = useNavigate();
  const began = useRef("");
  useEffect(() => {
    const work = takeOver();
    if (work && "prompt" in work) takeFromSimple(fields(work));
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
    const before = now();
    if (prompt !== undefined) change({ prompt: String(prompt) });
    if (typeof image === "string" && ID.test(image)) change({ kind: "img2img", image });
    if (before.prompt.trim() && before.prompt !== now().prompt)
      toast(t("advanced.from.words"), { action: { label: t("action.undo"), onClick: () => fill(before) } });
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

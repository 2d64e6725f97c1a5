import { RotateCcw } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { useT } from "@/i18n";
import { useCarry } from "@/jobs/handover";
import { usePrice } from "@/jobs/price";
import { TeamChoice, useTeamChoice } from "@/jobs/TeamChoice";
import { useShortcutList } from "@/lib/shortcuts";
import { useTitle } from "@/lib/title";
import { useArriving } from "./arriving";
import { checkpointOf, useOptions } from "./choices";
import { DEFAULT, MOST } from "./draft/draft";
import { type Errors, lacking, placed } from "./draft/errors";
import { requestOf } from "./draft/request";
import { fill, useDraft, useDrafts } from "./draft/store";
import { ErrorsContext } from "./errors";
import { Form } from "./Form";
import { GenerateBar } from "./GenerateBar";
import { useGenerate } from "./generate";
import { Presets } from "./Presets";
import { usePromptErrors } from "./prompt/useTokens";
import { Stage } from "./Stage";

/** Everything that a request may say, at the left; what comes of it, at the right. */
export function Advanced() {
  const t = useT();
  useTitle(t("advanced.title"));
  useArriving();
  const options = useOptions();
  const draft = useDraft();
  const of = checkpointOf(options.data, draft.model);
  const may = useMay("job:create");
  const [shown, setShown] = useState<string>();
  const stage = useRef<HTMLDivElement>(null);
  const onAccepted = useCallback((job: { id: string }) => {
    setShown(job.id);
    stage.current?.scrollIntoView({ block: "start", behavior: "smooth" });
  }, []);
  const { generate, sent, problem, clear } = useGenerate(onAccepted);
  const team = useTeamChoice();

  const refused = usePromptErrors(draft);
  const missing = useMemo(
    () => (refused ? { ...lacking(draft), prompt: "advanced.lacking.prompt" as const } : lacking(draft)),
    [draft, refused],
  );
  const long = draft.prompt.length > MOST.prompt || draft.negative_prompt.length > MOST.prompt;
  const ready = Object.keys(missing).length === 0 && !long;
  const request = useMemo(() => (may && ready ? requestOf(draft, "", of) : null), [may, ready, draft, of]);
  const price = usePrice(request);

  // What was told of an older form is told no more.
  const [tried, setTried] = useState(false);
  useEffect(() => {
    if (ready) setTried(false);
  }, [ready]);
  useEffect(() => useDrafts.subscribe(clear), [clear]);

  const found = useMemo<Errors>(() => {
    const said = Object.entries(missing).map(([path, text]) => [path, t(text)]);
    return {
      ...(price.problem && !price.stale ? placed(draft, price.problem.fields) : {}),
      ...(problem ? placed(draft, problem.fields) : {}),
      ...(tried ? Object.fromEntries(said) : {}),
    };
  }, [draft, price.problem, price.stale, problem, tried, missing, t]);

  // The same errors are the same object: controls are drawn again only where something is said anew.
  const last = useRef<Errors>(found);
  if (JSON.stringify(last.current) !== JSON.stringify(found)) last.current = found;
  const errors = last.current;

  const press = useCallback(() => {
    if (!may) return;
    if (ready) {
      // What is on its way is the latest of all.
      setShown(undefined);
      return void generate(useDrafts.getState().draft, of, team.teamId);
    }
    setTried(true);
    requestAnimationFrame(() =>
      document.querySelector('[data-form] [aria-invalid="true"]')?.scrollIntoView({ block: "center" }),
    );
  }, [may, ready, generate, of, team.teamId]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      // Dialogs have keys of their own.
      if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return;
      event.preventDefault();
      press();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [press]);
  useShortcutList(t("advanced.title"), [
    { keys: "mod+enter", does: t("advanced.keys.generate") },
    { keys: "mod+arrowup", does: t("advanced.keys.heavier") },
    { keys: "mod+arrowdown", does: t("advanced.keys.lighter") },
    { keys: "mod+space", does: t("advanced.keys.complete") },
  ]);
  useCarry(() => (draft.prompt.trim() ? requestOf(draft, draft.locked ? draft.seed : "", of) : undefined));

  const reset = () => {
    const before = draft;
    fill({ ...DEFAULT, model: of?.name ?? DEFAULT.model });
    toast(t("advanced.reset.done"), { action: { label: t("action.undo"), onClick: () => fill(before) } });
  };

  return (
    <div className="flex flex-col lg:grid lg:h-[calc(100dvh-var(--bar-top)-var(--bar-bottom))] lg:grid-cols-[minmax(24rem,30rem)_minmax(0,1fr)] lg:grid-rows-[minmax(0,1fr)_auto]">
      <div data-form className="min-w-0 px-4 py-4 lg:overflow-y-auto lg:border-r lg:border-line">
        <header className="mb-3 flex items-center justify-between gap-2">
          <h1 className="text-lg font-semibold tracking-tight">{t("advanced.title")}</h1>
          <div className="flex gap-2">
            <Presets />
            <Button size="sm" onClick={reset}>
              <RotateCcw size={15} aria-hidden="true" />
              {t("advanced.reset.label")}
            </Button>
          </div>
        </header>
        {options.error && <Failure error={options.error} onRetry={() => void options.refetch()} />}
        {options.isPending && <Waiting />}
        {options.data && (
          <ErrorsContext value={errors}>
            <Form options={options.data} of={of} />
          </ErrorsContext>
        )}
      </div>
      <div className="sticky bottom-(--bar-bottom) z-20 order-last min-w-0 lg:static lg:order-none lg:col-start-1 lg:row-start-2 lg:border-r lg:border-line">
        <GenerateBar
          quote={price.quote}
          stale={price.stale}
          count={draft.count}
          sent={sent}
          may={may}
          lacking={tried ? [...new Set(Object.values(missing))].map((text) => t(text)) : []}
          wrong={
            price.problem && !price.stale
              ? Object.keys(errors).length
                ? t("advanced.generate.marked")
                : price.problem.message
              : undefined
          }
          team={<TeamChoice choice={team} />}
          problem={problem}
          onClose={clear}
          onGenerate={press}
        />
      </div>
      <div
        ref={stage}
        className="min-w-0 scroll-mt-(--bar-top) lg:col-start-2 lg:row-span-2 lg:row-start-1 lg:overflow-y-auto"
      >
        <Stage shown={shown} onShow={setShown} />
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-4">
      <Skeleton className="h-10 w-full" />
      <Skeleton className="h-36 w-full" />
      <Skeleton className="h-20 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  );
}

import { Play } from "lucide-react";
import { useCallback, useEffect, useRef } from "react";
import type { Job, Validation } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Card } from "@/design/Layout";
import { setJob, setValues, useDraft, useDrafts } from "@/features/workflows/form/drafts";
import type { Form } from "@/features/workflows/form/field";
import type { Kinds } from "@/features/workflows/form/graph";
import { fieldsIn, missing, type Overrides, overridesOf, randomSeed } from "@/features/workflows/form/values";
import { RunJob } from "@/features/workflows/run/RunJob";
import { type Run, useRun } from "@/features/workflows/run/useRun";
import { useT } from "@/i18n";
import { Refusal, useWait } from "@/jobs/Refusal";
import { TeamChoice, useTeamChoice } from "@/jobs/TeamChoice";
import { inCredits } from "@/lib/credits";
import { duration } from "@/lib/time";

/** The price, the button, and the latest run with what came of it. */
export function RunPanel({
  id,
  form,
  kinds,
  check,
  runOf,
  onPicture,
}: {
  /** What drafts and the latest run are kept under. */
  id: string;
  form: Form;
  kinds: Kinds;
  check: { data: Validation | undefined; stale: boolean };
  runOf: (overrides: Overrides, teamId: string | null) => Run;
  onPicture?: ((assetId: string) => void) | undefined;
}) {
  const t = useT();
  const may = useMay("job:create");
  const draft = useDraft(id);
  const team = useTeamChoice();
  const accepted = useCallback((job: Job) => setJob(id, job.id), [id]);
  const gone = useCallback(() => setJob(id, null), [id]);
  const { run, pending, problem, clear } = useRun(accepted);
  const wait = useWait(problem) ?? 0;
  const lacking = missing(form, draft.values).length;
  const impossible = check.data !== undefined && !check.stale && !check.data.valid;
  const result = useRef<HTMLDivElement>(null);
  const pressedAt = useRef(false);

  const press = () => {
    if (draft.everyRun) {
      const seeds = fieldsIn(form).filter((field) => field.widget === "seed");
      const drawn = seeds.map((field) => [field.id, Math.min(field.max, randomSeed())] as const);
      setValues(id, { ...draft.values, ...Object.fromEntries(drawn) });
    }
    // What was just drawn is in the store already.
    const values = useDrafts.getState().drafts[id]?.values ?? {};
    pressedAt.current = true;
    void run(runOf(overridesOf(form, values), team.teamId));
  };

  // On phones the result is far below the button.
  useEffect(() => {
    if (!draft.job || !pressedAt.current) return;
    pressedAt.current = false;
    if (matchMedia("(min-width: 64rem)").matches) return;
    result.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [draft.job]);

  return (
    <Card title={t("workflows.run.title")}>
      {may ? (
        <div className="flex flex-col gap-3">
          <TeamChoice choice={team} className="w-56!" />
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
            <Button
              kind="primary"
              size="lg"
              className="min-w-36 max-sm:w-full"
              busy={pending}
              disabled={lacking > 0 || impossible || wait > 0}
              aria-describedby={`price-${id}`}
              onClick={press}
            >
              <Play size={18} aria-hidden="true" />
              {draft.job ? t("workflows.run.again") : t("workflows.run.run")}
            </Button>
            <p id={`price-${id}`} className="min-h-10 min-w-40 flex-1 text-sm text-quiet">
              <Price lacking={lacking} check={check} />
            </p>
          </div>
          {problem && <Refusal problem={problem} onClose={clear} />}
        </div>
      ) : (
        <p className="text-quiet">{t("workflows.run.noPermission")}</p>
      )}
      <div ref={result} className="mt-4 scroll-mt-20">
        {draft.job ? (
          <RunJob
            key={draft.job}
            id={draft.job}
            kinds={kinds}
            onNext={accepted}
            onGone={gone}
            onPicture={onPicture}
          />
        ) : (
          <p className="grid min-h-48 place-items-center rounded-card bg-hover/50 p-6 text-center text-sm text-quiet">
            {t("workflows.run.idle")}
          </p>
        )}
      </div>
    </Card>
  );
}

function Price({
  lacking,
  check,
}: {
  lacking: number;
  check: { data: Validation | undefined; stale: boolean };
}) {
  const t = useT();
  if (lacking > 0) return t("workflows.form.left", { count: lacking });
  if (!check.data) return t("workflows.run.pricing");
  const plan = check.data.plan;
  if (!plan) return t("workflows.report.title");
  return (
    <>
      <span className={check.stale ? "opacity-60" : undefined}>
        <span className="font-medium text-ink">
          {t("workflows.run.most", { price: inCredits(plan.amount_microcredits) })}
        </span>
        {" · "}
        {t("workflows.run.about", { time: duration(plan.seconds) })}
      </span>
      <span className="block">{t("workflows.run.free")}</span>
    </>
  );
}

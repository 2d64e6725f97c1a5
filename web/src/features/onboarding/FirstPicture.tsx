import { Lock, Sparkles } from "lucide-react";
import { ApiProblem } from "@/api/problem";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Empty, Failure } from "@/design/States";
import { Picks } from "@/features/onboarding/Picks";
import { usePainting } from "@/features/onboarding/usePainting";
import { t } from "@/i18n";
import { JobPanel } from "@/jobs/JobPanel";
import { usePrice } from "@/jobs/price";
import { Refusal } from "@/jobs/Refusal";
import { hasEnded } from "@/jobs/request";
import { useSubmit } from "@/jobs/submit";
import { TeamChoice, useTeamChoice } from "@/jobs/TeamChoice";
import { useJob } from "@/jobs/useJob";
import { inCredits } from "@/lib/credits";

const MOST = "min(42dvh, 24rem)";

/** The first picture: two choices, one button, and a real one. */
export function FirstPicture({ job, onJob }: { job: string | null; onJob: (id: string | null) => void }) {
  const may = useMay("job:create");
  const organisation = useSession((session) => session.me?.organisation_name ?? "");
  const { submit, sending, pending, problem, clear } = useSubmit();
  if (!may)
    return (
      <Empty icon={<Lock size={28} aria-hidden="true" />} title={t("jobs.refusal.permission")}>
        {t("jobs.refusal.permissionText", { organisation })}
      </Empty>
    );
  if (sending) return <JobPanel id={sending.id} known={sending} most={MOST} />;
  if (job) return <Painted id={job} onJob={onJob} />;
  return (
    <>
      {problem && (
        <div className="mb-4">
          <Refusal problem={problem} onClose={clear} />
        </div>
      )}
      <Choose
        pending={pending}
        onPaint={(request, teamId) => {
          scrollTo({ top: 0 });
          void submit(request, teamId ? { team_id: teamId } : {}).then((made) => made && onJob(made.id));
        }}
      />
    </>
  );
}

type Painting = NonNullable<ReturnType<typeof usePainting>["request"]>;

function Choose({
  pending,
  onPaint,
}: {
  pending: boolean;
  onPaint: (request: Painting, teamId: string | null) => void;
}) {
  const { ideas, idea, chooseIdea, styles, style, chooseStyle, request, error, retry, none } = usePainting();
  const { quote } = usePrice(request);
  const team = useTeamChoice();
  if (error) return <Failure error={error} onRetry={retry} />;
  if (none) return <Empty title={t("onboarding.picture.none")}>{t("onboarding.picture.noneHelp")}</Empty>;
  return (
    <div className="grid gap-6">
      <Picks
        label={t("onboarding.picture.what")}
        value={idea?.text}
        onChange={chooseIdea}
        items={ideas?.map(({ text, title }) => ({ value: text, label: title }))}
      />
      <Picks
        label={t("onboarding.picture.how")}
        value={style?.name}
        onChange={chooseStyle}
        items={styles?.map(({ name, title, thumbnail }) => ({
          value: name,
          label: title,
          picture: thumbnail,
        }))}
        pictures
      />
      <TeamChoice choice={team} />
      <div>
        <Button
          kind="primary"
          size="lg"
          busy={pending}
          disabled={!request}
          onClick={() => request && onPaint(request, team.teamId)}
        >
          <Sparkles size={18} aria-hidden="true" />
          {t("onboarding.picture.paint")}
        </Button>
        <p className="mt-1.5 min-h-6 text-sm text-quiet">
          {quote && t("onboarding.picture.price", { price: inCredits(quote.amount_microcredits) })}
        </p>
      </div>
    </div>
  );
}

function Painted({ id, onJob }: { id: string; onJob: (id: string | null) => void }) {
  const { view, error } = useJob(id);
  const gone = error instanceof ApiProblem && error.status === 404;
  const over = gone || (view && hasEnded(view.job.state));
  return (
    <div className="grid gap-4">
      {!gone && <JobPanel id={id} most={MOST} onNext={(next) => onJob(next.id)} />}
      <p role="status" className="min-h-6 text-quiet">
        {view?.phase === "done" ? t("onboarding.picture.done") : over ? "" : t("onboarding.picture.busy")}
      </p>
      {over && (
        <div>
          <Button onClick={() => onJob(null)}>{t("onboarding.picture.again")}</Button>
        </div>
      )}
    </div>
  );
}

import { Lock } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { useMay, useSession } from "@/api/session";
import { Page } from "@/design/Layout";
import { Empty, Failure } from "@/design/States";
import { useT } from "@/i18n";
import { isSending } from "@/jobs/optimistic";
import { RecentJobs } from "@/jobs/RecentJobs";
import { Refusal } from "@/jobs/Refusal";
import { useRecentJobs } from "@/jobs/recent";
import { hasEnded } from "@/jobs/request";
import { useSubmit } from "@/jobs/submit";
import { TeamChoice, useTeamChoice } from "@/jobs/TeamChoice";
import { useTitle } from "@/lib/title";
import { MOST_PROMPT, useDraft } from "./draft";
import { PaintButton } from "./PaintButton";
import { PromptBox } from "./PromptBox";
import { RatioPicker } from "./RatioPicker";
import { Stage } from "./Stage";
import { StylePicker } from "./StylePicker";
import { Suggestions } from "./Suggestions";
import { useCarrying, useSimple } from "./useSimple";

/** A picture from a few words, a style and a shape. */
export function Simple() {
  const t = useT();
  useTitle(t("simple.title"));
  const may = useMay("job:create");
  const { prompt, ratio, jobId } = useDraft();
  const { styles, style, checkpoint, request, error, retry, none } = useSimple();
  useCarrying({ styles, request });
  const { submit, pending, sending, problem, clear } = useSubmit();
  const team = useTeamChoice();
  const [empty, setEmpty] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const stage = useRef<HTMLElement>(null);
  const recent = useRecentJobs();

  const show = useCallback((id: string | null) => useDraft.setState({ jobId: id }), []);
  const look = () => {
    // Beside the form it is in sight already.
    if (!matchMedia("(min-width: 64rem)").matches)
      requestAnimationFrame(() => stage.current?.scrollIntoView({ behavior: "smooth", block: "start" }));
  };
  const write = (text: string) => {
    useDraft.setState({ prompt: text });
    setEmpty(false);
  };
  const paint = async () => {
    if (!request || pending) return;
    if (!prompt.trim()) {
      setEmpty(true);
      input.current?.focus();
      return;
    }
    // The box says so: nothing is cut off that somebody wrote.
    if (prompt.length > MOST_PROMPT) return input.current?.focus();
    look();
    const job = await submit(request, team.teamId ? { team_id: team.teamId } : {});
    if (job) show(job.id);
  };

  const known = recent.data?.items;
  const running = known?.find((job) => !hasEnded(job.state) && !job.paused && !isSending(job.id));
  const id = jobId ?? running?.id;
  // Found running, it stays when it ends.
  useEffect(() => {
    if (id && !jobId) show(id);
  }, [id, jobId, show]);
  const listed = known?.find((job) => job.id === id);
  const staged = sending
    ? { id: sending.id, known: sending }
    : id
      ? { id, ...(listed ? { known: listed } : {}) }
      : undefined;
  const [across = 1, down = 1] = ratio.split(":").map(Number);

  return (
    <Page title={t("simple.title")} wide>
      <div className="mx-auto grid max-w-7xl gap-6 lg:grid-cols-[minmax(22rem,27rem)_minmax(0,1fr)] lg:gap-8">
        {may ? (
          <div className="flex min-w-0 flex-col gap-4">
            <PromptBox
              input={input}
              value={prompt}
              onChange={write}
              onSubmit={() => void paint()}
              error={empty ? t("simple.empty") : undefined}
            />
            <Suggestions
              checkpoint={checkpoint?.name}
              text={prompt}
              onTake={(text) => {
                write(text);
                // A finger's keyboard would hide the page.
                if (matchMedia("(pointer: fine)").matches) input.current?.focus({ preventScroll: true });
              }}
            />
            {styles?.length !== 0 && (
              <StylePicker
                styles={styles}
                value={style?.name}
                onChange={(name) => useDraft.setState({ style: name })}
              />
            )}
            <RatioPicker value={ratio} onChange={(next) => useDraft.setState({ ratio: next })} />
            <TeamChoice choice={team} />
            {none && <Empty title={t("simple.noCheckpoint")}>{t("simple.noCheckpointText")}</Empty>}
            {error !== null && <Failure error={error} onRetry={retry} />}
            <PaintButton request={request} pending={pending} problem={problem} onPress={() => void paint()} />
            {problem && <Refusal problem={problem} onClose={clear} />}
          </div>
        ) : (
          <NotAllowed />
        )}
        <section ref={stage} aria-label={t("simple.stage")} className="min-w-0 scroll-mt-16">
          <Stage
            job={staged}
            ratio={across / down}
            onGone={() => show(null)}
            onNext={(job) => show(job.id)}
          />
        </section>
      </div>
      <div className="mx-auto mt-8 max-w-7xl">
        <RecentJobs
          current={staged?.id}
          onOpen={(job) => {
            show(job.id);
            look();
          }}
        />
      </div>
    </Page>
  );
}

function NotAllowed() {
  const t = useT();
  const organisation = useSession((session) => session.me?.organisation_name ?? "");
  return (
    <Empty icon={<Lock size={28} aria-hidden="true" />} title={t("jobs.refusal.permission")}>
      {t("jobs.refusal.permissionText", { organisation })}
    </Empty>
  );
}

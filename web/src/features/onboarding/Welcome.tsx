import { useNavigate, useRouter, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { usePreferences } from "@/api/preferences";
import { Button } from "@/design/Button";
import { FirstPicture } from "@/features/onboarding/FirstPicture";
import { Hello } from "@/features/onboarding/Hello";
import { Level } from "@/features/onboarding/Level";
import { back, next, STEPS, useProgress } from "@/features/onboarding/progress";
import { Tour } from "@/features/onboarding/Tour";
import { t } from "@/i18n";
import { ownPath } from "@/lib/ownPath";
import { useTitle } from "@/lib/title";

/** The introduction in four steps. It can be left at any of them, and seen again. */
export function Welcome() {
  const { step, job, go, finish } = useProgress();
  const { mode } = usePreferences();
  const navigate = useNavigate();
  const router = useRouter();
  const { next: wanted } = useSearch({ from: "/inside/welcome" });
  const place = STEPS.indexOf(step) + 1;
  const heading = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  useTitle(t("onboarding.title"));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins at its heading
  useEffect(() => {
    if (!first.current) {
      heading.current?.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
    first.current = false;
  }, [step]);
  async function leave() {
    await finish();
    // Whoever registered on the way to something goes on to it.
    if (wanted) return router.history.push(ownPath(wanted));
    await navigate({ to: mode === "advanced" ? "/create/advanced" : "/create" });
  }
  const following = next(step);
  const before = back(step);
  return (
    <div className="mx-auto flex min-h-[calc(100dvh-var(--bar-top)-var(--bar-bottom))] w-full max-w-3xl flex-col px-4 py-6 sm:py-10">
      <div className="mb-6 flex items-center gap-4">
        <p className="text-sm text-quiet">{t("onboarding.step", { place, of: STEPS.length })}</p>
        <div className="flex flex-1 gap-1.5" aria-hidden="true">
          {STEPS.map((one, at) => (
            <span
              key={one}
              className={`h-1.5 flex-1 rounded-full ${at < place ? "bg-accent" : "bg-hover"}`}
            />
          ))}
        </div>
        {following && (
          <Button kind="ghost" size="sm" onClick={() => void leave()}>
            {t("onboarding.skip")}
          </Button>
        )}
      </div>
      <h1
        ref={heading}
        tabIndex={-1}
        className="text-2xl font-semibold tracking-tight outline-none sm:text-3xl"
      >
        {t(`onboarding.${step}.title`)}
      </h1>
      <p className="mt-2 max-w-prose text-quiet">{t(`onboarding.${step}.text`)}</p>
      <div className="mt-6 flex-1">
        {step === "hello" && <Hello />}
        {step === "level" && <Level />}
        {step === "picture" && <FirstPicture job={job} onJob={(id) => go({ job: id })} />}
        {step === "tour" && <Tour />}
      </div>
      <div className="sticky bottom-(--bar-bottom) -mx-4 mt-8 flex items-center justify-between gap-3 border-t border-line bg-ground px-4 py-4">
        {before ? <Button onClick={() => go({ step: before })}>{t("action.back")}</Button> : <span />}
        {following ? (
          <Button
            kind={step === "picture" && !job ? "normal" : "primary"}
            onClick={() => go({ step: following })}
          >
            {step === "picture" && !job ? t("onboarding.picture.without") : t("action.next")}
          </Button>
        ) : (
          <Button kind="primary" onClick={() => void leave()}>
            {t("onboarding.tour.start")}
          </Button>
        )}
      </div>
    </div>
  );
}

import { SlidersHorizontal, Sparkles } from "lucide-react";
import { RadioGroup } from "radix-ui";
import { usePrefer, usePreferences } from "@/api/preferences";
import { t } from "@/i18n";

const LEVELS = [
  { mode: "simple", Icon: Sparkles, title: "onboarding.level.simple", text: "onboarding.level.simpleText" },
  {
    mode: "advanced",
    Icon: SlidersHorizontal,
    title: "onboarding.level.advanced",
    text: "onboarding.level.advancedText",
  },
] as const;

/** How much of all that can be set one wants to see at first. */
export function Level() {
  const { mode = "simple" } = usePreferences();
  const prefer = usePrefer();
  return (
    <>
      <RadioGroup.Root
        aria-label={t("onboarding.level.title")}
        value={mode}
        onValueChange={(value) => prefer.mutate({ mode: value === "advanced" ? "advanced" : "simple" })}
        className="grid gap-3 sm:grid-cols-2"
      >
        {LEVELS.map(({ mode: value, Icon, title, text }) => (
          <RadioGroup.Item
            key={value}
            value={value}
            className="flex flex-col items-start gap-2 rounded-card border border-edge/60 bg-surface p-5 text-left hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <Icon size={24} className="text-accent-ink" aria-hidden="true" />
            <span className="text-base font-semibold">{t(title)}</span>
            <span className="text-sm text-quiet">{t(text)}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <p className="mt-4 text-sm text-quiet">{t("onboarding.level.later")}</p>
    </>
  );
}

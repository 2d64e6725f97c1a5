import { Coins, Lock, MessageSquareText } from "lucide-react";
import { $api } from "@/api/client";
import { useMay } from "@/api/session";
import { Skeleton } from "@/design/States";
import { t } from "@/i18n";

const POINTS = [
  { Icon: MessageSquareText, title: "onboarding.hello.words", text: "onboarding.hello.wordsText" },
  { Icon: Lock, title: "onboarding.hello.yours", text: "onboarding.hello.yoursText" },
  { Icon: Coins, title: "onboarding.hello.credits", text: "onboarding.hello.creditsText" },
] as const;

/** What this is, with pictures that it has painted. */
export function Hello() {
  const may = useMay("workflow:read");
  const { data } = $api.useQuery("get", "/api/v1/styles", {}, { enabled: may, staleTime: 300_000 });
  const pictures = data?.items.slice(0, 5);
  return (
    <>
      {may && (
        <ul className="grid grid-cols-5 gap-2 sm:gap-3" aria-label={t("onboarding.hello.examples")}>
          {pictures?.map(({ name, title, thumbnail }) => (
            <li key={name}>
              <img
                src={thumbnail}
                alt={title}
                className="aspect-square w-full rounded-control object-cover"
              />
            </li>
          )) ??
            ["a", "b", "c", "d", "e"].map((key) => (
              <li key={key}>
                <Skeleton className="aspect-square" />
              </li>
            ))}
        </ul>
      )}
      <ul className="mt-6 grid gap-4 sm:grid-cols-3">
        {POINTS.map(({ Icon, title, text }) => (
          <li key={title} className="flex gap-3 sm:flex-col">
            <Icon size={22} className="shrink-0 text-accent-ink" aria-hidden="true" />
            <div>
              <h2 className="font-semibold">{t(title)}</h2>
              <p className="mt-0.5 text-sm text-quiet">{t(text)}</p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

import { CircleUserRound, Images, ListOrdered, Sparkles, UsersRound, Workflow } from "lucide-react";
import { useMay } from "@/api/session";
import { t } from "@/i18n";

const PLACES = [
  { Icon: Sparkles, title: "shell.create", text: "onboarding.tour.create" },
  { Icon: Images, title: "shell.gallery", text: "onboarding.tour.gallery" },
  { Icon: ListOrdered, title: "shell.queue", text: "onboarding.tour.queue" },
  { Icon: Workflow, title: "shell.workflows", text: "onboarding.tour.workflows" },
  { Icon: UsersRound, title: "shell.team", text: "onboarding.tour.team" },
  { Icon: CircleUserRound, title: "onboarding.tour.menu", text: "onboarding.tour.menuText" },
] as const;

/** Where things are. */
export function Tour() {
  const workflows = useMay("workflow:read");
  return (
    <>
      <ul className="grid gap-3 sm:grid-cols-2">
        {PLACES.map(
          ({ Icon, title, text }) =>
            (title !== "shell.workflows" || workflows) && (
              <li key={title} className="flex gap-3 rounded-card border border-line bg-surface p-4">
                <Icon size={22} className="shrink-0 text-accent-ink" aria-hidden="true" />
                <div>
                  <h2 className="font-semibold">{t(title)}</h2>
                  <p className="mt-0.5 text-sm text-quiet">{t(text)}</p>
                </div>
              </li>
            ),
        )}
      </ul>
      <p className="mt-5 text-sm text-quiet max-sm:hidden">{t("onboarding.tour.keys")}</p>
    </>
  );
}

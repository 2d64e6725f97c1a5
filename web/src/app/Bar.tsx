import { Link, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { Credits } from "@/app/Credits";
import { ModeSwitch } from "@/app/ModeSwitch";
import { Organisations } from "@/app/Organisations";
import { openOverlay } from "@/app/overlay";
import { UserMenu } from "@/app/UserMenu";
import { IconButton } from "@/design/Button";
import { Mark } from "@/design/Mark";
import { t } from "@/i18n";

/** Above every page: where one is, how many credits there are, and who one is. */
export function Bar() {
  const creating = useRouterState({ select: (state) => state.location.pathname.startsWith("/create") });
  return (
    <header className="fixed inset-x-0 top-0 z-30 flex h-(--bar-top) items-center gap-1 border-b border-line bg-surface px-2 sm:gap-2 sm:px-4">
      <Link to="/" aria-label={t("shell.home")} className="shrink-0 rounded-control p-1">
        <Mark size={26} />
      </Link>
      <Organisations />
      <div className="flex flex-1 justify-center">{creating && <ModeSwitch />}</div>
      <IconButton
        label={t("shell.commands")}
        className="max-sm:hidden"
        onClick={() => openOverlay("commands")}
      >
        <Search size={18} aria-hidden="true" />
      </IconButton>
      <Credits />
      <UserMenu />
    </header>
  );
}

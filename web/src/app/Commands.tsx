import { useNavigate } from "@tanstack/react-router";
import { Command } from "cmdk";
import {
  Coins,
  GraduationCap,
  Keyboard,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  Search,
  SlidersHorizontal,
  Sun,
} from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState } from "react";
import { signOut } from "@/api/leave";
import { sentence } from "@/api/problem";
import { useMay, useSession } from "@/api/session";
import { closeOverlay, openOverlay, useOverlay } from "@/app/overlay";
import { ROOMS } from "@/app/rooms";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { setTheme } from "@/lib/theme";

const ITEM = "flex min-h-11 cursor-pointer items-center gap-3 rounded-md px-3 data-[selected=true]:bg-hover";

type Entry = { name: string; Icon: LucideIcon; run: () => void };

/** Everything that can be gone to or done from anywhere, found by typing. */
export function Commands() {
  const open = useOverlay((state) => state.open === "commands");
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && closeOverlay()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/60" />
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[12dvh] z-40 mx-auto max-w-xl overflow-hidden rounded-card border border-line bg-surface shadow-2xl"
        >
          <Radix.Title className="sr-only">{t("shell.commands")}</Radix.Title>
          <List />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function List() {
  const { pages, actions } = useEntries();
  const pictures = useMay("asset:read");
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const words = typed.trim();
  const group = (name: string, entries: Entry[]) => (
    <Command.Group
      heading={name}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-quiet"
    >
      {entries.map(({ name: entry, Icon, run }) => (
        <Command.Item
          key={entry}
          value={entry}
          onSelect={() => {
            closeOverlay();
            run();
          }}
          className={ITEM}
        >
          <Icon size={17} className="text-quiet" aria-hidden="true" />
          {entry}
        </Command.Item>
      ))}
    </Command.Group>
  );
  return (
    <Command label={t("shell.command.label")} loop>
      <Command.Input
        value={typed}
        onValueChange={setTyped}
        placeholder={t("shell.command.placeholder")}
        className="w-full border-b border-line bg-transparent px-4 py-3.5 outline-none placeholder:text-quiet"
      />
      <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-1.5">
        {!(words && pictures) && (
          <Command.Empty className="px-3 py-6 text-center text-quiet">
            {t("shell.command.none")}
          </Command.Empty>
        )}
        {group(t("shell.command.pages"), pages)}
        {group(t("shell.command.actions"), actions)}
        {words && pictures && (
          <Command.Item
            forceMount
            value="search"
            onSelect={() => {
              closeOverlay();
              void navigate({ to: "/gallery", search: { text: words } as never });
            }}
            className={ITEM}
          >
            <Search size={17} className="shrink-0 text-quiet" aria-hidden="true" />
            <span className="truncate">{t("shell.command.pictures", { words })}</span>
          </Command.Item>
        )}
      </Command.List>
    </Command>
  );
}

function useEntries(): { pages: Entry[]; actions: Entry[] } {
  const navigate = useNavigate();
  const permissions = useSession((session) => session.me?.permissions);
  const may = (permission?: string) => !permission || permissions?.includes(permission);
  const pages: Entry[] = ROOMS.filter(({ permission }) => may(permission)).map(({ to, name, Icon }) => ({
    name: t(name),
    Icon,
    run: () => void navigate({ to }),
  }));
  pages.splice(1, 0, {
    name: t("shell.goAdvanced"),
    Icon: SlidersHorizontal,
    run: () => void navigate({ to: "/create/advanced" }),
  });
  if (may("credit:read"))
    pages.push({
      name: t("shell.creditsAsked"),
      Icon: Coins,
      run: () => void navigate({ to: "/team/credits" }),
    });
  const themed = (name: string, Icon: LucideIcon, theme: "dark" | "light" | "system"): Entry => ({
    name: t("shell.command.theme", { name }),
    Icon,
    run: () => setTheme(theme),
  });
  const actions: Entry[] = [
    themed(t("shell.dark"), Moon, "dark"),
    themed(t("shell.light"), Sun, "light"),
    themed(t("shell.system"), Monitor, "system"),
    { name: t("shell.shortcuts"), Icon: Keyboard, run: () => openOverlay("shortcuts") },
    { name: t("shell.introduction"), Icon: GraduationCap, run: () => void navigate({ to: "/welcome" }) },
    {
      name: t("shell.signOut"),
      Icon: LogOut,
      run: () => void signOut().catch((error) => toast.error(sentence(error))),
    },
  ];
  return { pages, actions };
}

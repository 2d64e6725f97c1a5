import { useNavigate } from "@tanstack/react-router";
import {
  Bell,
  Check,
  Command,
  GraduationCap,
  Keyboard,
  LogOut,
  Monitor,
  Moon,
  Sun,
  UserRound,
  UsersRound,
} from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { signOut } from "@/api/leave";
import { sentence } from "@/api/problem";
import { useSession } from "@/api/session";
import { useNotify } from "@/app/finished/useNotify";
import { openOverlay } from "@/app/overlay";
import { cx } from "@/design/cx";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { setTheme, type Theme, useTheme } from "@/lib/theme";

const THEMES = [
  { value: "dark", name: "shell.dark", Icon: Moon },
  { value: "light", name: "shell.light", Icon: Sun },
  { value: "system", name: "shell.system", Icon: Monitor },
] as const;

/** Behind one's initials: the account, how things look, help, and the way out. */
export function UserMenu() {
  const me = useSession((session) => session.me);
  const theme = useTheme((state) => state.theme);
  const navigate = useNavigate();
  const messages = useNotify();
  if (!me) return null;
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label={t("shell.userMenu", { initials: initials(me.name || me.email), name: me.name })}
        className="grid size-9 shrink-0 place-items-center rounded-full border border-line bg-accent-soft text-sm font-semibold text-accent-ink hover:brightness-110"
      >
        <span aria-hidden="true">{initials(me.name || me.email)}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 w-64 max-w-[92vw] rounded-control border border-line bg-raised p-1 shadow-xl"
        >
          <DropdownMenu.Label className="px-2.5 py-2">
            <span className="block truncate font-medium">{me.name}</span>
            <span className="block truncate text-sm text-quiet">{me.email}</span>
          </DropdownMenu.Label>
          <Line />
          <Item icon={<UserRound {...ICON} />} onSelect={() => void navigate({ to: "/account" })}>
            {t("shell.account")}
          </Item>
          <Item
            className="sm:hidden"
            icon={<UsersRound {...ICON} />}
            onSelect={() => void navigate({ to: "/team" })}
          >
            {t("shell.team")}
          </Item>
          <Line />
          <DropdownMenu.Label className="px-2.5 pb-1 pt-1.5 text-xs text-quiet">
            {t("shell.theme")}
          </DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={theme}
            onValueChange={(next) => setTheme(next as Theme)}
            className="grid grid-cols-3 gap-1 px-1 pb-1"
          >
            {THEMES.map(({ value, name, Icon }) => (
              <DropdownMenu.RadioItem
                key={value}
                value={value}
                // Stays open: one sees what it does.
                onSelect={(event) => event.preventDefault()}
                className="flex cursor-pointer flex-col items-center gap-1 rounded-md py-2 text-xs text-quiet outline-none data-[highlighted]:bg-hover data-[state=checked]:bg-accent-soft data-[state=checked]:text-accent-ink"
              >
                <Icon size={16} aria-hidden="true" />
                {t(name)}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <Line />
          {messages.supported && (
            <DropdownMenu.CheckboxItem
              checked={messages.on}
              onCheckedChange={(on) => void messages.turn(on)}
              onSelect={(event) => event.preventDefault()}
              className={ITEM}
            >
              <Bell {...ICON} className="text-quiet" />
              <span className="flex-1">{t("shell.notify.label")}</span>
              <span className="size-4">
                <DropdownMenu.ItemIndicator>
                  <Check size={16} aria-hidden="true" className="text-accent-ink" />
                </DropdownMenu.ItemIndicator>
              </span>
            </DropdownMenu.CheckboxItem>
          )}
          <Item icon={<Command {...ICON} />} onSelect={() => openOverlay("commands")}>
            {t("shell.commands")}
          </Item>
          <Item
            className="max-sm:hidden"
            icon={<Keyboard {...ICON} />}
            onSelect={() => openOverlay("shortcuts")}
          >
            {t("shell.shortcuts")}
          </Item>
          <Item icon={<GraduationCap {...ICON} />} onSelect={() => void navigate({ to: "/welcome" })}>
            {t("shell.introduction")}
          </Item>
          <Line />
          <Item
            icon={<LogOut {...ICON} />}
            onSelect={() => void signOut().catch((error) => toast.error(sentence(error)))}
          >
            {t("shell.signOut")}
          </Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const ITEM =
  "flex min-h-10 cursor-pointer items-center gap-2.5 rounded-md px-2.5 outline-none data-[highlighted]:bg-hover";
const ICON = { size: 17, "aria-hidden": true } as const;

function Item({
  icon,
  onSelect,
  className,
  children,
}: {
  icon: ReactNode;
  onSelect: () => void;
  className?: string;
  children: ReactNode;
}) {
  return (
    <DropdownMenu.Item onSelect={onSelect} className={cx(ITEM, className)}>
      <span className="text-quiet">{icon}</span>
      {children}
    </DropdownMenu.Item>
  );
}

const Line = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;

/** "Ada Lovelace" → "AL". */
function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters.map((word) => [...(word ?? "")][0]?.toUpperCase() ?? "").join("");
}

import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { usePreferences } from "@/api/preferences";
import { openOverlay, useOverlay } from "@/app/overlay";
import { ROOMS } from "@/app/rooms";
import { useKeys } from "@/app/useKeys";
import { t } from "@/i18n";
import { useShortcutList } from "@/lib/shortcuts";

const Commands = lazy(() => import("@/app/Commands").then((code) => ({ default: code.Commands })));
const Shortcuts = lazy(() => import("@/app/Shortcuts").then((code) => ({ default: code.Shortcuts })));

/** Dialogs that keys open from anywhere. Their code is loaded when they are. */
export function Overlays() {
  const open = useOverlay((state) => state.open);
  const navigate = useNavigate();
  const { singleKeys = true } = usePreferences();
  const [before, setBefore] = useState<{ commands?: boolean; shortcuts?: boolean }>({});
  if (open && !before[open]) setBefore({ ...before, [open]: true });
  useKeys(
    {
      "mod+k": () => openOverlay("commands"),
      "?": () => openOverlay("shortcuts"),
      "mod+/": () => openOverlay("shortcuts"),
      ...Object.fromEntries(ROOMS.map(({ key, to }) => [`g ${key}`, () => void navigate({ to })])),
    },
    singleKeys,
  );
  useShortcutList(t("shell.everywhere"), [
    { keys: "mod+k", does: t("shell.commands") },
    { keys: "?", does: t("shell.shortcuts") },
    ...ROOMS.map(({ key, name }) => ({ keys: `g ${key}`, does: t("shell.goTo", { name: t(name) }) })),
  ]);
  return (
    <Suspense>
      {before.commands && <Commands />}
      {before.shortcuts && <Shortcuts />}
    </Suspense>
  );
}

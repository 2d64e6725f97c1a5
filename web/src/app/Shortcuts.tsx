import { Fragment } from "react";
import { usePrefer, usePreferences } from "@/api/preferences";
import { closeOverlay, useOverlay } from "@/app/overlay";
import { Dialog } from "@/design/Dialog";
import { Switch } from "@/design/Switch";
import { t } from "@/i18n";
import { caps, useShortcutHelp } from "@/lib/shortcuts";

/** What keys do on this page. */
export function Shortcuts() {
  const open = useOverlay((state) => state.open === "shortcuts");
  const groups = useShortcutHelp((state) => state.groups);
  const { singleKeys = true } = usePreferences();
  const prefer = usePrefer();
  return (
    <Dialog open={open} onOpenChange={(next) => !next && closeOverlay()} title={t("shell.shortcuts")}>
      {Object.entries(groups).map(([id, { name, shortcuts }]) => (
        <section key={id} className="mb-5">
          <h3 className="mb-1.5 text-sm font-medium text-quiet">{name}</h3>
          <dl>
            {shortcuts.map(({ keys, does }) => (
              <div
                key={keys}
                className="flex items-center justify-between gap-4 border-b border-line py-1.5 last:border-0"
              >
                <dt>{does}</dt>
                <dd className="flex shrink-0 items-center gap-1">
                  <Keys keys={keys} />
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <Switch
        label={t("shell.singleKeys")}
        explain={t("shell.singleKeysNote")}
        checked={singleKeys}
        onChange={(on) => prefer.mutate({ singleKeys: on })}
      />
    </Dialog>
  );
}

function Keys({ keys }: { keys: string }) {
  return caps(keys).map((stroke, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: strokes have no other name, and stay where they are
    <Fragment key={place}>
      {place > 0 && <span className="px-1 text-xs text-quiet">{t("shell.afterwards")}</span>}
      {stroke.map((key) => (
        <kbd key={key} className="rounded-md border border-line bg-raised px-1.5 py-0.5 font-mono text-xs">
          {key}
        </kbd>
      ))}
    </Fragment>
  ));
}

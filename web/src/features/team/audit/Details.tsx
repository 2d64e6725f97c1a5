import type { ReactNode } from "react";
import type { Event } from "@/api/schema.gen";
import { CopyButton } from "@/design/CopyButton";
import { cx } from "@/design/cx";
import { Dialog } from "@/design/Dialog";
import { actName } from "@/features/team/audit/acts";
import { type Change, changesOf } from "@/features/team/audit/changes";
import { useT } from "@/i18n";
import { moment } from "@/lib/moments";

/** All of an event: who, from where, and what it changed. */
export function Details({ of: event, onClose }: { of: Event; onClose: () => void }) {
  const t = useT();
  const changes = changesOf(event);
  const facts: [string, ReactNode][] = [
    [t("team.audit.when"), moment(event.at)],
    [t("team.audit.who"), event.actor || t("team.audit.nobody")],
    [t("team.audit.via"), event.via],
    [t("team.audit.address"), event.address],
    [t("team.audit.act"), <code key="act">{event.act}</code>],
    [
      t("team.audit.subject"),
      <span key="subject">
        {event.subject_type} <code>{event.subject_id}</code>
      </span>,
    ],
    [t("team.audit.request"), <code key="request">{event.request_id}</code>],
    [t("team.audit.sequence"), event.sequence],
    [t("team.audit.hash"), <code key="hash">{event.hash}</code>],
  ];
  return (
    <Dialog open onOpenChange={onClose} title={actName(event.act)} wide>
      <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
        {facts
          .filter(([, value]) => value !== "")
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-quiet">{name}</dt>
              <dd className="min-w-0 break-all max-sm:mb-1.5">{value}</dd>
            </div>
          ))}
      </dl>
      {changes.length > 0 && (
        <>
          <h3 className="mb-2 mt-5 font-semibold">{t("team.audit.changes")}</h3>
          <ul className="grid gap-3 text-sm">
            {changes.map((change) => (
              <ChangeRow key={change.field} change={change} />
            ))}
          </ul>
        </>
      )}
      <CopyButton
        size="sm"
        className="mt-5"
        label={t("team.audit.copyJson")}
        text={() => JSON.stringify(event, null, 2)}
      />
    </Dialog>
  );
}

function ChangeRow({ change }: { change: Change }) {
  const t = useT();
  const sides = [
    [t("team.audit.before"), change.before, "text-bad"],
    [t("team.audit.after"), change.after, "text-good"],
  ] as const;
  return (
    <li className="rounded-control border border-line p-3">
      <p className="mb-1 font-medium">
        <code>{change.field}</code>
      </p>
      <dl className="grid gap-1 sm:grid-cols-2 sm:gap-4">
        {sides.map(([name, value, tone]) => (
          <div key={name} className="min-w-0">
            <dt className="text-xs text-quiet">{name}</dt>
            <dd
              className={cx(
                "whitespace-pre-wrap break-all font-mono text-xs",
                value === undefined ? "text-quiet" : change.changed && tone,
              )}
            >
              {value ?? t("team.audit.notSaid")}
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

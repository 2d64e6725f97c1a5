import { type FormEvent, useEffect, useId, useState } from "react";
import { Button } from "@/design/Button";
import { Field, INPUT } from "@/design/Field";
import { Select } from "@/design/Select";
import { DOMAINS, domainName } from "@/features/team/audit/acts";
import { useMembers } from "@/features/team/queries";
import { useT } from "@/i18n";

export type Filter = {
  /** Mail address. */
  actor: string | undefined;
  /** An act, or a domain with a dot at its end. */
  act: string | undefined;
  /** Days, both of them within. */
  since: string | undefined;
  until: string | undefined;
};

const ALL = "all";
const NONE: Filter = { actor: undefined, act: undefined, since: undefined, until: undefined };

/** Which events: by whom, of what sort, from when to when. */
export function FilterBar({ value, onChange }: { value: Filter; onChange: (value: Filter) => void }) {
  const t = useT();
  const people = useId();
  const members = useMembers().data ?? [];
  const [actor, setActor] = useState(value.actor ?? "");
  useEffect(() => setActor(value.actor ?? ""), [value.actor]);
  const take = () => {
    const next = actor.trim().toLowerCase() || undefined;
    if (next !== value.actor) onChange({ ...value, actor: next });
  };
  const dates = ["since", "until"] as const;
  return (
    <search className="mb-4 block">
      <form
        className="grid gap-3 sm:grid-cols-2 lg:grid-cols-[1fr_1fr_10rem_10rem_auto] lg:items-end"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          take();
        }}
      >
        <Field label={t("team.audit.who")}>
          {(ids) => (
            <>
              <input
                {...ids}
                type="search"
                list={people}
                autoComplete="off"
                className={`${INPUT} h-10`}
                placeholder={t("team.audit.anybody")}
                value={actor}
                onChange={(event) => setActor(event.target.value)}
                onBlur={take}
              />
              <datalist id={people}>
                {members.map((member) => (
                  <option key={member.user_id} value={member.email}>
                    {member.name}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label={t("team.audit.subjectFilter")}>
          {(ids) => (
            <Select
              ids={ids}
              value={value.act ?? ALL}
              onChange={(act) => onChange({ ...value, act: act === ALL ? undefined : act })}
              options={[
                { value: ALL, label: t("team.audit.everything") },
                ...DOMAINS.map((domain) => ({ value: `${domain}.`, label: domainName(domain) })),
              ]}
            />
          )}
        </Field>
        {dates.map((name) => (
          <Field key={name} label={t(`team.audit.${name}`)}>
            {(ids) => (
              <input
                {...ids}
                type="date"
                className={`${INPUT} h-10`}
                value={value[name] ?? ""}
                onChange={(event) => onChange({ ...value, [name]: event.target.value || undefined })}
              />
            )}
          </Field>
        ))}
        <Button disabled={!Object.values(value).some(Boolean)} onClick={() => onChange(NONE)}>
          {t("team.audit.clear")}
        </Button>
      </form>
    </search>
  );
}

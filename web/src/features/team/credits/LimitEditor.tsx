import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import type { NewSpendingLimit, SpendingLimit } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Checkbox } from "@/design/Checkbox";
import { Choice } from "@/design/Choice";
import { Dialog } from "@/design/Dialog";
import { Field, TextField } from "@/design/Field";
import { Select } from "@/design/Select";
import { Failure } from "@/design/States";
import { toast } from "@/design/Toaster";
import { LIMITS, useChanged, useMembers, useTeams } from "@/features/team/queries";
import { useT } from "@/i18n";
import { CREDIT } from "@/lib/credits";

type Scope = SpendingLimit["scope"];
const ALERTS = [50, 80, 90, 100];
const MOST = 1_000_000;

const put = (scope: Scope, subject: string, body: NewSpendingLimit) => {
  switch (scope) {
    case "organisation":
      return api.PUT("/api/v1/spending-limits/organisation", { body });
    case "team":
      return api.PUT("/api/v1/spending-limits/teams/{team_id}", {
        params: { path: { team_id: subject } },
        body,
      });
    case "member":
      return api.PUT("/api/v1/spending-limits/members/{user_id}", {
        params: { path: { user_id: subject } },
        body,
      });
  }
};

/** Sets the limit of the organisation, of a team or of a member; changes `limit`. */
export function LimitEditor({
  limit,
  taken,
  onClose,
}: {
  limit?: SpendingLimit;
  /** Those that there are: who has one is not offered another. */
  taken: SpendingLimit[];
  onClose: () => void;
}) {
  const t = useT();
  const organisation = useSession((session) => session.me?.organisation_id) ?? "";
  const teams = useTeams().data ?? [];
  const members = useMembers().data ?? [];
  const free = (id: string) => !taken.some((one) => one.subject_id === id);
  const subjects: Record<Scope, { value: string; label: string; note?: string }[]> = {
    organisation: [],
    team: teams.filter(({ id }) => free(id)).map(({ id, name }) => ({ value: id, label: name })),
    member: members
      .filter(({ user_id }) => free(user_id))
      .map(({ user_id, name, email }) => ({ value: user_id, label: name, note: email })),
  };
  const scopes = (["organisation", "team", "member"] as const).filter((one) =>
    one === "organisation" ? free(organisation) : subjects[one].length > 0,
  );
  const changed = useChanged();
  const [chosen, setScope] = useState<Scope>();
  const scope = limit?.scope ?? chosen ?? scopes[0] ?? "member";
  const [subject, setSubject] = useState<string>();
  const [credits, setCredits] = useState(limit ? String(limit.amount_microcredits / CREDIT) : "100");
  const [alerts, setAlerts] = useState(limit?.alerts ?? [80, 100]);
  const [tried, setTried] = useState(false);
  const number = Number(credits.replace(",", "."));
  const wrong = credits.trim() === "" || !Number.isFinite(number) || number < 0 || number > MOST;
  const whose = limit?.subject_id ?? (scope === "organisation" ? organisation : subject);
  const save = useMutation({
    meta: { quiet: true },
    mutationFn: ({ whose, ...body }: NewSpendingLimit & { whose: string }) => put(scope, whose, body),
    onSuccess: async () => {
      toast.success(t("team.limits.saved"));
      await changed([LIMITS]);
      onClose();
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={limit ? t("team.limits.edit", { name: limit.name }) : t("team.limits.make")}
      description={t("team.limits.about")}
    >
      <form
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!wrong && whose)
            save.mutate({ whose, amount_microcredits: Math.round(number * CREDIT), alerts });
        }}
      >
        {!limit && (
          <div>
            <p className="mb-1.5 text-sm font-medium">{t("team.limits.of")}</p>
            <Choice
              label={t("team.limits.of")}
              value={scope}
              onChange={(next) => {
                setScope(next);
                setSubject(undefined);
              }}
              options={scopes.map((value) => ({ value, label: t(`team.limits.scopes.${value}`) }))}
            />
          </div>
        )}
        {!limit && scope !== "organisation" && (
          <Field
            label={t(`team.limits.scopes.${scope}`)}
            error={tried && !whose ? t("team.limits.whoMissing") : undefined}
          >
            {(ids) => (
              <Select
                ids={ids}
                value={subject}
                onChange={setSubject}
                placeholder={t("team.limits.choose")}
                options={subjects[scope]}
              />
            )}
          </Field>
        )}
        <TextField
          label={t("team.limits.amount")}
          note={t("team.limits.amountNote")}
          inputMode="decimal"
          autoComplete="off"
          value={credits}
          onChange={setCredits}
          error={tried && wrong ? t("team.limits.amountWrong", { most: MOST.toLocaleString() }) : undefined}
        />
        <fieldset>
          <legend className="text-sm font-medium">{t("team.limits.tell")}</legend>
          <div className="mt-1 flex flex-wrap gap-x-5">
            {[...new Set([...ALERTS, ...alerts])]
              .sort((a, b) => a - b)
              .map((percent) => (
                <Checkbox
                  key={percent}
                  label={t("team.limits.percent", { percent })}
                  checked={alerts.includes(percent)}
                  onChange={(on) =>
                    setAlerts(on ? [...alerts, percent] : alerts.filter((one) => one !== percent))
                  }
                />
              ))}
          </div>
        </fieldset>
        {save.error && <Failure error={save.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            {t("action.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { useMutation } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import type { ChainReport } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { CopyButton } from "@/design/CopyButton";
import { TextField } from "@/design/Field";
import { Card } from "@/design/Layout";
import { Failure } from "@/design/States";
import { anchorOf } from "@/features/team/audit/changes";
import { useT } from "@/i18n";

/** Is the log as it was written? With what one kept of an earlier check, also where all of it was made anew. */
export function Verify() {
  const t = useT();
  const [kept, setKept] = useState("");
  const check = useMutation({
    meta: { quiet: true },
    mutationFn: (anchor: ReturnType<typeof anchorOf>) =>
      api
        .GET("/api/v1/audit/verify", {
          params: {
            query: anchor ? { anchor_sequence: anchor.sequence, anchor_hash: anchor.hash } : {},
          },
        })
        .then(({ data }) => data),
  });
  const anchor = anchorOf(kept);
  const wrong = kept.trim() !== "" && !anchor;
  return (
    <Card title={t("team.audit.verify.title")}>
      <p className="text-sm text-quiet">{t("team.audit.verify.about")}</p>
      <form
        noValidate
        className="mt-3 flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) check.mutate(anchor);
        }}
      >
        <TextField
          className="min-w-0 flex-1 basis-64"
          label={t("team.audit.verify.anchor")}
          explain={t("team.audit.verify.anchorHelp")}
          placeholder={t("team.audit.verify.anchorLike")}
          autoComplete="off"
          spellCheck={false}
          value={kept}
          onChange={setKept}
          error={wrong ? t("team.audit.verify.anchorWrong") : undefined}
        />
        <Button type="submit" busy={check.isPending} disabled={wrong}>
          <ShieldCheck size={16} aria-hidden="true" />
          {t("team.audit.verify.check")}
        </Button>
      </form>
      <div aria-live="polite">
        {check.error && (
          <div className="mt-3">
            <Failure error={check.error} />
          </div>
        )}
        {check.data && <Result report={check.data} />}
      </div>
    </Card>
  );
}

function Result({ report }: { report: ChainReport }) {
  const t = useT();
  if (!report.intact)
    return (
      <p className="mt-3 flex items-start gap-2 rounded-control bg-bad-soft p-3 text-bad">
        <ShieldAlert size={18} className="mt-0.5 shrink-0" aria-hidden="true" />
        <span>
          {t("team.audit.verify.broken")} {report.detail}
        </span>
      </p>
    );
  const kept = `${report.rows}:${report.head}`;
  return (
    <div className="mt-3 rounded-control border border-line p-3">
      <p className="flex items-start gap-2 font-medium text-good">
        <ShieldCheck size={18} className="mt-0.5 shrink-0" aria-hidden="true" />
        {t("team.audit.verify.intact", { count: report.rows })}
      </p>
      <div className="mt-2 flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-1 basis-56 break-all text-xs text-quiet">{kept}</code>
        <CopyButton size="sm" text={() => kept} />
      </div>
    </div>
  );
}

import { type ReactNode, useMemo } from "react";
import { Failure, Skeleton } from "@/design/States";
import { useDraft } from "@/features/workflows/form/drafts";
import { FormFields } from "@/features/workflows/form/FormFields";
import { formOf } from "@/features/workflows/form/fields";
import type { RawGraph } from "@/features/workflows/form/graph";
import { type Overrides, overridesOf, withValues } from "@/features/workflows/form/values";
import { useKinds } from "@/features/workflows/queries";
import { errorsOf, type Report, reportOf } from "@/features/workflows/report/missing";
import { ReportCard } from "@/features/workflows/report/Report";
import { useCheck } from "@/features/workflows/run/check";
import { RunPanel } from "@/features/workflows/run/RunPanel";
import type { Run } from "@/features/workflows/run/useRun";
import { t as text, useT } from "@/i18n";

/** A graph's inputs as a form beside what comes of them; above both, what stands in the way. */
export function FormAndRun({
  id,
  graph,
  runOf,
  onPicture,
  children,
}: {
  /** What is filled in is kept under it. */
  id: string;
  graph: RawGraph;
  /** The run with these values in it. */
  runOf: (overrides: Overrides, teamId: string | null) => Run;
  onPicture?: ((assetId: string) => void) | undefined;
  /** Below the form. */
  children?: ReactNode;
}) {
  const t = useT();
  const { data: kinds, error, refetch } = useKinds();
  const { values } = useDraft(id);
  const form = useMemo(() => (kinds ? formOf(graph, kinds) : undefined), [graph, kinds]);
  const current = useMemo(
    () => (form ? withValues(graph, overridesOf(form, values)) : undefined),
    [form, graph, values],
  );
  const check = useCheck(current);
  const report = useMemo(
    () => (check.data && current && kinds ? reportOf(check.data.errors, current, kinds) : undefined),
    [check.data, current, kinds],
  );
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  if (!kinds || !form)
    return (
      <div role="status" aria-label={t("workflows.form.looking")} className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-96 rounded-card" />
        <Skeleton className="h-96 rounded-card" />
      </div>
    );
  return (
    <div className="flex flex-col gap-4">
      {check.error && <Failure error={check.error} onRetry={() => void check.refetch()} />}
      {report && <ReportCard report={report} runs={check.data?.valid ?? false} />}
      <div className="grid items-start gap-4 lg:grid-cols-2 lg:grid-rows-[auto_1fr]">
        <div className="min-w-0">
          <FormFields id={id} form={form} errors={report ? marked(report) : {}} />
        </div>
        <div className="min-w-0 lg:sticky lg:top-18 lg:col-start-2 lg:row-span-2 lg:row-start-1">
          <RunPanel id={id} form={form} kinds={kinds} check={check} runOf={runOf} onPicture={onPicture} />
        </div>
        <div className="min-w-0">{children}</div>
      </div>
    </div>
  );
}

/** Field → what to do with it: also where something is named that is not here. */
const marked = (report: Report): Record<string, string> => ({
  ...Object.fromEntries(report.models.map((one) => [one.field, text("workflows.form.neededChoice")])),
  ...Object.fromEntries(report.files.map((one) => [one.field, text("workflows.form.neededPicture")])),
  ...errorsOf(report),
});

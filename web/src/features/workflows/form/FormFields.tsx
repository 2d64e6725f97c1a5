import { ChevronRight, Undo2 } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { Card } from "@/design/Layout";
import { Switch } from "@/design/Switch";
import { setEveryRun, setValue, setValues, useDraft } from "@/features/workflows/form/drafts";
import { FieldControl } from "@/features/workflows/form/FieldControl";
import type { Field, Form } from "@/features/workflows/form/field";
import { shown } from "@/features/workflows/form/values";
import { useT } from "@/i18n";

const SHORT = new Set<Field["widget"]>(["number", "seed", "choice", "switch"]);

/** More inputs than this, and each node's are folded. */
const MANY = 60;

/** A workflow's inputs as a form: what most people change, and behind it all the rest by node. */
export function FormFields({ id, form, errors }: { id: string; form: Form; errors: Record<string, string> }) {
  const t = useT();
  const draft = useDraft(id);
  const count = form.rest.reduce((sum, one) => sum + one.fields.length, 0);
  const wrong = form.rest.some((one) => one.fields.some((field) => errors[field.id]));
  const seeds = [...form.main, ...form.rest.flatMap((one) => one.fields)].some(
    (field) => field.widget === "seed",
  );

  const control = (field: Field) => (
    <div
      key={field.id}
      id={`field-${field.id}`}
      className={SHORT.has(field.widget) ? "min-w-0 self-start" : "col-span-full min-w-0"}
    >
      <FieldControl
        field={field}
        value={shown(field, draft.values)}
        onChange={(value) => setValue(id, field.id, value)}
        error={errors[field.id]}
      />
    </div>
  );

  return (
    <Card
      title={t("workflows.form.title")}
      aside={
        Object.keys(draft.values).length > 0 && (
          <Button
            size="sm"
            kind="ghost"
            title={t("workflows.form.resetHint")}
            onClick={() => setValues(id, {})}
          >
            <Undo2 size={15} aria-hidden="true" />
            {t("workflows.form.reset")}
          </Button>
        )
      }
    >
      {form.main.length === 0 && count === 0 && <p className="text-quiet">{t("workflows.form.empty")}</p>}
      <div className="grid grid-cols-1 gap-x-5 gap-y-4 sm:grid-cols-2">
        {form.main.map(control)}
        {seeds && (
          <div className="col-span-full">
            <Switch
              label={t("workflows.form.every")}
              checked={draft.everyRun}
              onChange={(every) => setEveryRun(id, every)}
            />
          </div>
        )}
      </div>
      {count > 0 && (
        <Folded
          summary={t("workflows.form.all", { count })}
          wrong={wrong}
          className="mt-4 border-t border-line pt-2"
        >
          <div className={cx("flex flex-col pt-2", count > MANY ? "pl-4" : "gap-5")}>
            {form.rest.map((one) => (
              <NodeFields
                key={one.node}
                title={one.group}
                folds={count > MANY}
                wrong={one.fields.some((field) => errors[field.id])}
              >
                {() => one.fields.map(control)}
              </NodeFields>
            ))}
          </div>
        </Folded>
      )}
    </Card>
  );
}

/** The inputs of one node under its name; of a large workflow folded, too. */
function NodeFields({
  title,
  folds,
  wrong,
  children,
}: {
  title: string;
  folds: boolean;
  wrong: boolean;
  children: () => ReactNode;
}) {
  const fields = () => <div className="grid grid-cols-1 gap-x-5 gap-y-4 sm:grid-cols-2">{children()}</div>;
  if (folds)
    return (
      <Folded summary={title} wrong={wrong}>
        {fields}
      </Folded>
    );
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-sm text-quiet">{title}</legend>
      {fields()}
    </fieldset>
  );
}

/** What is drawn only once it is unfolded: of a thousand nodes nobody looks at all. What is wrong in it unfolds it. */
function Folded({
  summary,
  wrong,
  className,
  children,
}: {
  summary: string;
  wrong: boolean;
  className?: string;
  children: ReactNode | (() => ReactNode);
}) {
  const [open, setOpen] = useState(wrong);
  useEffect(() => {
    if (wrong) setOpen(true);
  }, [wrong]);
  return (
    <details
      open={open}
      onToggle={(event) => event.target === event.currentTarget && setOpen(event.currentTarget.open)}
      className={className}
    >
      <summary className="flex min-h-10 cursor-pointer list-none items-center gap-1.5 rounded-control text-sm font-medium">
        <ChevronRight
          size={16}
          aria-hidden="true"
          className={cx("transition-transform", open && "rotate-90")}
        />
        {summary}
      </summary>
      {open && (typeof children === "function" ? children() : children)}
    </details>
  );
}

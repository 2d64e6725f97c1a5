import { ChevronRight, Undo2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button } from "@/design/Button";
import { Card } from "@/design/Layout";
import { Switch } from "@/design/Switch";
import { setEveryRun, setValue, setValues, useDraft } from "@/features/workflows/form/drafts";
import { FieldControl } from "@/features/workflows/form/FieldControl";
import type { Field, Form } from "@/features/workflows/form/field";
import { shown } from "@/features/workflows/form/values";
import { useT } from "@/i18n";

const SHORT = new Set<Field["widget"]>(["number", "seed", "choice", "switch"]);

/** A workflow's inputs as a form: what most people change, and behind it all the rest by node. */
export function FormFields({ id, form, errors }: { id: string; form: Form; errors: Record<string, string> }) {
  const t = useT();
  const draft = useDraft(id);
  const count = form.rest.reduce((sum, one) => sum + one.fields.length, 0);
  const wrong = form.rest.some((one) => one.fields.some((field) => errors[field.id]));
  const seeds = [...form.main, ...form.rest.flatMap((one) => one.fields)].some(
    (field) => field.widget === "seed",
  );
  const details = useRef<HTMLDetailsElement>(null);
  // What is wrong must be seen, also where it is folded away.
  useEffect(() => {
    if (wrong && details.current) details.current.open = true;
  }, [wrong]);

  const control = (field: Field) => (
    <div
      key={field.id}
      id={`field-${field.id}`}
      className={SHORT.has(field.widget) ? "self-start" : "col-span-full"}
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
      <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">
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
        <details ref={details} className="group mt-4 border-t border-line pt-2">
          <summary className="flex min-h-10 cursor-pointer list-none items-center gap-1.5 rounded-control text-sm font-medium">
            <ChevronRight
              size={16}
              aria-hidden="true"
              className="transition-transform group-open:rotate-90"
            />
            {t("workflows.form.all", { count })}
          </summary>
          <div className="flex flex-col gap-5 pt-2">
            {form.rest.map((one) => (
              <fieldset key={one.node} className="min-w-0">
                <legend className="mb-2 text-sm text-quiet">{one.group}</legend>
                <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">{one.fields.map(control)}</div>
              </fieldset>
            ))}
          </div>
        </details>
      )}
    </Card>
  );
}

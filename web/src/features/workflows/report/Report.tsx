import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/design/Button";
import { labelOf } from "@/features/workflows/form/words";
import { isClear, type Report } from "@/features/workflows/report/missing";
import { useT } from "@/i18n";
import { workflows } from "@/i18n/en/workflows";

type Folder = keyof typeof workflows.folder;

/** What stands in the way of a workflow, and what to do about each. */
export function ReportCard({ report, runs }: { report: Report; runs: boolean }) {
  const t = useT();
  if (isClear(report)) return null;
  const folder = (name: string) =>
    t(`workflows.folder.${Object.hasOwn(workflows.folder, name) ? (name as Folder) : "other"}`);
  const at = ({ title, input, text }: { title: string; input: string; text: string }) => {
    const place = input
      ? t("workflows.report.input", { title, input: labelOf({ role: input, of: "" }) })
      : title;
    return t("workflows.report.at", { title: place, text });
  };
  const near = (names: string) => (names ? `. ${t("workflows.report.near", { names })}` : "");
  return (
    <section
      aria-labelledby="report"
      className="flex flex-col gap-4 rounded-card border border-warn/50 bg-surface p-4 sm:p-5"
    >
      <div className="flex items-start gap-3">
        <TriangleAlert size={20} aria-hidden="true" className="mt-0.5 shrink-0 text-warn" />
        <div>
          <h2 id="report" className="font-semibold">
            {runs ? t("workflows.report.partly") : t("workflows.report.title")}
          </h2>
          {runs && <p className="text-sm text-quiet">{t("workflows.report.partlyHelp")}</p>}
        </div>
      </div>
      <Heap title={t("workflows.report.nodes")} help={t("workflows.report.nodesHelp")}>
        {report.nodes.map((one) => (
          <li key={one.name}>
            <code>{one.count > 1 ? t("workflows.report.nodeTimes", one) : one.name}</code>
            {near(one.near)}
          </li>
        ))}
      </Heap>
      <Heap title={t("workflows.report.models")} help={t("workflows.report.modelsHelp")}>
        {report.models.map((one) => (
          <Item key={one.field} field={one.field}>
            {t("workflows.report.model", { name: one.name, folder: folder(one.folder) })}
            {near(one.near)}
          </Item>
        ))}
      </Heap>
      <Heap title={t("workflows.report.files")} help={t("workflows.report.filesHelp")}>
        {report.files.map((one) => (
          <Item key={one.field} field={one.field}>
            {one.name ? t("workflows.report.at", { title: one.title, text: one.name }) : one.title}
          </Item>
        ))}
      </Heap>
      <Heap title={t("workflows.report.values")} help={t("workflows.report.valuesHelp")}>
        {report.values.map((one) => (
          <Item key={one.field + one.text} field={one.field}>
            {at(one)}
          </Item>
        ))}
      </Heap>
      <Heap title={t("workflows.report.links")} help={t("workflows.report.linksHelp")}>
        {report.links.map((one) => (
          <li key={one.title + one.input + one.text}>{at(one)}</li>
        ))}
      </Heap>
      <Heap title={t("workflows.report.whole")}>
        {report.whole.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </Heap>
    </section>
  );
}

function Heap({ title, help, children }: { title: string; help?: string; children: ReactNode[] }) {
  if (children.length === 0) return null;
  return (
    <div>
      <h3 className="text-sm font-medium">{title}</h3>
      {help && <p className="text-sm text-quiet">{help}</p>}
      <ul className="mt-1.5 flex list-disc flex-col gap-1 pl-5 [overflow-wrap:anywhere]">{children}</ul>
    </div>
  );
}

function Item({ field, children }: { field: string; children: ReactNode }) {
  const t = useT();
  return (
    <li>
      {children}{" "}
      <Button size="sm" kind="ghost" className="h-7! px-2! text-accent-ink" onClick={() => goTo(field)}>
        {t("workflows.report.choose")}
      </Button>
    </li>
  );
}

/** Brings a field into sight, and the cursor into it; unfolds what it is folded in. */
function goTo(field: string): void {
  const found = document.getElementById(`field-${field}`);
  const folded = found?.closest("details");
  if (folded) folded.open = true;
  found?.scrollIntoView({ block: "center" });
  found?.querySelector<HTMLElement>("input, textarea, button")?.focus({ preventScroll: true });
}

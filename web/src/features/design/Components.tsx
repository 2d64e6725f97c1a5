import { Images, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { ApiProblem } from "@/api/problem";
import { Button, IconButton } from "@/design/Button";
import { Choice } from "@/design/Choice";
import { Field, TextField } from "@/design/Field";
import { Badge, Card, Page, Table } from "@/design/Layout";
import { SliderField } from "@/design/NumberField";
import { Select } from "@/design/Select";
import { Empty, Failure, Progress, Skeleton } from "@/design/States";
import { Switch } from "@/design/Switch";
import { t } from "@/i18n";

/** Rooms' parts bring their libraries with them. */
const RoomParts = lazy(() => import("./RoomParts").then((parts) => ({ default: parts.RoomParts })));

const ROWS = [
  { id: "1", name: "Euler", steps: 20 },
  { id: "2", name: "DPM++ 2M", steps: 30 },
];
const RATIOS = [
  { value: "1:1", label: "1:1" },
  { value: "3:4", label: "3:4" },
];
const REFUSED = new ApiProblem({ kind: "example", status: 400, detail: t("designPage.refusal") });

/** Every part of the design system in its states, at /design: to look at, and for the tests that compare pictures. */
export function Components() {
  const [text, setText] = useState("a red circle");
  const [number, setNumber] = useState(20);
  const [ratio, setRatio] = useState("1:1");
  const [on, setOn] = useState(true);
  return (
    <main>
      <Page title={t("designPage.title")} description={t("designPage.description")}>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Card title={t("designPage.buttons")}>
            <div data-testid="buttons" className="flex flex-wrap items-center gap-2 bg-surface p-1">
              <Button kind="primary">{t("action.create")}</Button>
              <Button>{t("action.save")}</Button>
              <Button kind="ghost">{t("action.cancel")}</Button>
              <Button kind="danger">{t("action.delete")}</Button>
              <Button kind="primary" disabled>
                {t("action.create")}
              </Button>
              <Button size="sm">{t("action.edit")}</Button>
              <IconButton label={t("action.delete")}>
                <Trash2 size={18} aria-hidden="true" />
              </IconButton>
            </div>
          </Card>
          <Card title={t("designPage.fields")}>
            <div data-testid="fields" className="flex flex-col gap-4 bg-surface p-1">
              <TextField
                label={t("designPage.text")}
                explain={t("designPage.refusal")}
                note={t("designPage.note")}
                value={text}
                onChange={setText}
              />
              <TextField
                label={t("designPage.wrong")}
                error={t("designPage.refusal")}
                value={text}
                onChange={setText}
              />
              <Field label={t("designPage.select")}>
                {(ids) => <Select ids={ids} value={ratio} onChange={setRatio} options={RATIOS} />}
              </Field>
              <SliderField
                label={t("designPage.slider")}
                value={number}
                onChange={setNumber}
                min={1}
                max={150}
              />
            </div>
          </Card>
          <Card title={t("designPage.choices")}>
            <div data-testid="choices" className="flex flex-col items-start gap-3 bg-surface p-1">
              <Choice label={t("designPage.select")} value={ratio} onChange={setRatio} options={RATIOS} />
              <Switch label={t("designPage.switch")} checked={on} onChange={setOn} />
              <Switch label={t("designPage.switch")} checked={!on} onChange={() => setOn(!on)} />
              <div className="flex gap-2">
                <Badge>{t("state.QUEUED")}</Badge>
                <Badge tone="accent">{t("state.PROCESSING")}</Badge>
                <Badge tone="good">{t("state.COMPLETED")}</Badge>
                <Badge tone="bad">{t("state.FAILED")}</Badge>
                <Badge tone="warn">{t("state.paused")}</Badge>
              </div>
            </div>
          </Card>
          <Card title={t("designPage.states")}>
            <div data-testid="states" className="flex flex-col gap-4 bg-surface p-1">
              <Progress value={0.4} label={t("state.PROCESSING")} />
              <Failure error={REFUSED} onRetry={() => undefined} />
              <Empty icon={<Images size={32} aria-hidden="true" />} title={t("designPage.empty")}>
                {t("designPage.note")}
              </Empty>
            </div>
          </Card>
          <Card title={t("designPage.table")} className="sm:col-span-2">
            <div data-testid="table" className="bg-surface p-1">
              <Table
                label={t("designPage.table")}
                rows={ROWS}
                id={(row) => row.id}
                columns={[
                  { name: t("designPage.text"), cell: (row) => row.name },
                  { name: t("designPage.slider"), cell: (row) => row.steps },
                ]}
              />
            </div>
          </Card>
          <Suspense fallback={<Skeleton className="h-80" />}>
            <RoomParts />
          </Suspense>
        </div>
      </Page>
    </main>
  );
}

import { FileUp, Search } from "lucide-react";
import { useCallback, useState } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Choice } from "@/design/Choice";
import { INPUT } from "@/design/Field";
import { Page } from "@/design/Layout";
import { Select } from "@/design/Select";
import { Switch } from "@/design/Switch";
import { DropAnywhere } from "@/features/workflows/import/DropAnywhere";
import { ImportDialog } from "@/features/workflows/import/ImportDialog";
import { useImport } from "@/features/workflows/import/useImport";
import { Templates } from "@/features/workflows/list/Templates";
import { type Asked, WorkflowList } from "@/features/workflows/list/WorkflowList";
import { useT } from "@/i18n";
import { useSettled } from "@/lib/settled";
import { useTitle } from "@/lib/title";
import { useParam } from "@/lib/useParam";

const SHOWS = ["mine", "team", "community", "templates"] as const;
const TYPING_MS = 250;

/** Workflows: one's own, one's teams', everybody's, and those that come with the studio. */
export function Workflows() {
  const t = useT();
  useTitle(t("workflows.title"));
  const mayImport = useMay("workflow:create");
  const [asked, setShow] = useParam("show");
  const show = SHOWS.find((one) => one === asked) ?? "mine";
  const [words, setWords] = useState("");
  const text = useSettled(words.trim(), TYPING_MS);
  const [starred, setStarred] = useState(false);
  const [sort, setSort] = useState<Asked["sort"]>("stars");
  const [open, setOpen] = useState(false);
  const importing = useImport();
  const { take } = importing;
  // Dropped on the page: the dialog tells how it goes.
  const drop = useCallback(
    (file: File) => {
      setOpen(true);
      void take(file);
    },
    [take],
  );
  const clear = () => {
    setWords("");
    setStarred(false);
  };
  const button = mayImport && (
    <Button onClick={() => setOpen(true)}>
      <FileUp size={16} aria-hidden="true" />
      {t("workflows.import.open")}
    </Button>
  );

  return (
    <Page title={t("workflows.title")} description={t("workflows.description")} actions={button} wide>
      <div className="mb-5 flex flex-wrap items-center gap-3">
        <Choice
          className="max-sm:grid max-sm:w-full max-sm:grid-cols-2"
          label={t("workflows.list.label")}
          value={show}
          onChange={(next) => setShow(next === "mine" ? undefined : next)}
          options={SHOWS.map((value) => ({ value, label: t(`workflows.list.${value}`) }))}
        />
        <div className="relative min-w-48 flex-1 sm:max-w-xs">
          <Search size={16} aria-hidden="true" className="absolute top-3 left-3 text-quiet" />
          <input
            type="search"
            aria-label={t("workflows.list.search")}
            placeholder={t("workflows.list.search")}
            className={`${INPUT} h-10 pl-9`}
            maxLength={400}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        </div>
        {show !== "templates" && (
          <Switch label={t("workflows.list.starred")} checked={starred} onChange={setStarred} />
        )}
        {show === "community" && (
          <Select
            label={t("workflows.list.sort")}
            className="w-44!"
            value={sort}
            onChange={(value) => setSort(value as Asked["sort"])}
            options={[
              { value: "stars", label: t("workflows.list.stars") },
              { value: "newest", label: t("workflows.list.newest") },
            ]}
          />
        )}
      </div>
      {show === "templates" ? (
        <Templates text={text} onClear={clear} />
      ) : (
        <WorkflowList show={show} asked={{ text, starred, sort }} onClear={clear} importing={button} />
      )}
      {mayImport && (
        <>
          <ImportDialog open={open} onOpenChange={setOpen} importing={importing} />
          {!open && <DropAnywhere onFile={drop} />}
        </>
      )}
    </Page>
  );
}

import { useState } from "react";
import { Card } from "@/design/Layout";
import { PromptEditor } from "@/features/advanced/prompt/PromptEditor";
import { Cell, type CellActs } from "@/features/gallery/grid/Cell";
import { StylePicker } from "@/features/simple/StylePicker";
import { useT } from "@/i18n";
import { JobProgress } from "@/jobs/JobProgress";
import { ASSET, KNOWN, NOTES, PAINTING, PROMPT, STYLES } from "./examples";

const nothing = () => undefined;
const NO_ACTS: CellActs = { open: nothing, press: nothing, toggle: nothing, drag: nothing };
const NO_FILES = { loras: [], embeddings: [] };
const COLUMNS = [
  { chosen: false, choosing: false },
  { chosen: false, choosing: true },
  { chosen: true, choosing: true },
];

/** The key parts of the rooms, in states that never change. Only this page takes parts out of rooms. */
export function RoomParts() {
  const t = useT();
  const [text, setText] = useState(PROMPT);
  const [style, setStyle] = useState("flat");
  return (
    <>
      <Card title={t("designPage.job")}>
        <div data-testid="job" className="bg-surface p-1">
          <JobProgress view={PAINTING} most="16rem" />
        </div>
      </Card>
      <Card title={t("designPage.tile")}>
        <div data-testid="tile" className="bg-surface p-1">
          <div role="grid" aria-label={t("designPage.tile")}>
            <div role="row" className="flex gap-2">
              {COLUMNS.map((state, place) => (
                <Cell
                  key={`${state.chosen}${state.choosing}`}
                  asset={ASSET}
                  href="/design"
                  row={1}
                  column={place + 1}
                  active={place === 0}
                  size={88}
                  draggable={false}
                  acts={NO_ACTS}
                  {...state}
                />
              ))}
            </div>
          </div>
        </div>
      </Card>
      <Card title={t("designPage.style")}>
        <div data-testid="style" className="bg-surface px-4 py-1 lg:px-1">
          <StylePicker styles={STYLES} value={style} onChange={setStyle} />
        </div>
      </Card>
      <Card title={t("designPage.prompt")}>
        <div data-testid="prompt" className="bg-surface p-1">
          <PromptEditor
            id="example-prompt"
            label={t("designPage.prompt")}
            value={text}
            onChange={setText}
            known={KNOWN}
            files={NO_FILES}
            notes={NOTES}
            hint=""
            rows={4}
            onReady={nothing}
          />
        </div>
      </Card>
    </>
  );
}

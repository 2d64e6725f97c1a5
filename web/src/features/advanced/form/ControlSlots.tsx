import { Plus } from "lucide-react";
import type { CheckpointOptions, Options } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { useT } from "@/i18n";
import { useFiles } from "../choices";
import { sizeOf } from "../draft/checkpoint";
import { CONTROL, MOST, newKey } from "../draft/draft";
import { change, changeControl, useDraft } from "../draft/store";
import { useErrors } from "../errors";
import { ControlSlot } from "./ControlSlot";
import { Section } from "./Section";
import { suited } from "./suited";

/** ControlNets, each with the picture that it is shown. */
export function ControlSlots({ options, of }: { options: Options; of: CheckpointOptions | undefined }) {
  const t = useT();
  const draft = useDraft();
  const errors = useErrors();
  const { data: files } = useFiles("controlnet", draft.model);
  const { controls } = draft;
  const add = () => {
    const first = files?.[0];
    const preprocessor = suited(first) ?? CONTROL.preprocessor;
    const made = { ...CONTROL, key: newKey(), name: first?.name ?? "", preprocessor };
    change((now) => ({ controls: [...now.controls, made] }));
  };
  const on = controls.filter((one) => one.on).length;
  const size = sizeOf(draft, of);
  const resolution = size ? Math.min(size.width, size.height) : (of?.native_size ?? 512);
  return (
    <Section
      title={t("advanced.controls.title")}
      folds
      inUse={on ? t("advanced.inUse", { count: on }) : undefined}
      wrong={Object.keys(errors).some((path) => path.startsWith("controls"))}
    >
      <p className="text-sm text-quiet">{t("advanced.controls.explain")}</p>
      <ul className="flex flex-col gap-3">
        {controls.map((control, place) => (
          <ControlSlot
            key={control.key}
            control={control}
            place={place + 1}
            files={files}
            options={options}
            masked={draft.kind === "inpaint" || draft.kind === "outpaint"}
            resolution={resolution}
            onChange={(fields) => changeControl(control.key, fields)}
            onRemove={() =>
              change((now) => ({ controls: now.controls.filter((one) => one.key !== control.key) }))
            }
          />
        ))}
      </ul>
      {files?.length === 0 && controls.length === 0 ? (
        <p className="text-sm text-quiet">{t("advanced.controls.none", { name: draft.model })}</p>
      ) : (
        <Button size="sm" className="self-start" disabled={controls.length >= MOST.controls} onClick={add}>
          <Plus size={15} aria-hidden="true" />
          {t("advanced.controls.add")}
        </Button>
      )}
    </Section>
  );
}

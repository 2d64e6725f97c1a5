import { memo } from "react";
import type { CheckpointOptions, Options } from "@/api/schema.gen";
import { ControlSlots } from "./form/ControlSlots";
import { GuideSection } from "./form/GuideSection";
import { HiresSection } from "./form/HiresSection";
import { KindChoice, PictureSection } from "./form/KindSection";
import { LoraStack } from "./form/LoraStack";
import { ModelSection } from "./form/ModelSection";
import { MoreSection } from "./form/MoreSection";
import { SamplingSection } from "./form/SamplingSection";
import { SeedSection } from "./form/SeedSection";
import { SizeSection } from "./form/SizeSection";
import { PromptHistory } from "./prompt/History";
import { PromptField } from "./prompt/PromptField";
import { Suggestions } from "./prompt/Suggestions";

/** All controls, those first that every picture needs. Each asks for the fields that it shows. */
export const Form = memo(function Form({
  options,
  of,
}: {
  options: Options;
  of: CheckpointOptions | undefined;
}) {
  return (
    <div className="flex flex-col">
      <KindChoice />
      <div className="mt-4 flex flex-col gap-2 pb-4">
        <PromptField name="prompt" rows={4} />
        <div className="flex items-center gap-1">
          <PromptHistory />
          <Suggestions />
        </div>
        <PromptField name="negative_prompt" rows={2} suggestion={of?.defaults.negative_prompt || undefined} />
      </div>
      <PictureSection options={options} />
      <ModelSection options={options} />
      <SizeSection options={options} of={of} />
      <SamplingSection options={options} />
      <SeedSection options={options} />
      <LoraStack />
      <ControlSlots options={options} of={of} />
      <GuideSection />
      <HiresSection options={options} />
      <MoreSection of={of} />
    </div>
  );
});

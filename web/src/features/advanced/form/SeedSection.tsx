import { Dices, Lock, LockOpen } from "lucide-react";
import { useEffect, useState } from "react";
import type { Options } from "@/api/schema.gen";
import { IconButton } from "@/design/Button";
import { Field, type Ids, INPUT } from "@/design/Field";
import { SliderField } from "@/design/NumberField";
import { useT } from "@/i18n";
import { MAX_SEED, MOST } from "../draft/draft";
import { seed as isSeed } from "../draft/reading";
import { randomSeed } from "../draft/seeds";
import { change, useField } from "../draft/store";
import { useErrors } from "../errors";
import { Section } from "./Section";

/** Of which noise, and how many. */
export function SeedSection({ options }: { options: Options }) {
  const t = useT();
  const errors = useErrors();
  const seed = useField("seed");
  const locked = useField("locked");
  const batch = useField("batch");
  const count = useField("count");
  return (
    <Section title={t("advanced.seed.title")}>
      <Field
        label={t("advanced.seed.label")}
        explain={t("advanced.seed.explain")}
        error={errors.seed}
        note={t(
          locked ? (count > 1 ? "advanced.seed.lockedMany" : "advanced.seed.locked") : "advanced.seed.free",
        )}
      >
        {(ids) => (
          <div className="flex items-center gap-1">
            <SeedInput
              ids={ids}
              value={seed}
              placeholder={t("advanced.seed.random")}
              onChange={(value) => change({ seed: value, locked: value !== "" })}
            />
            <IconButton
              label={t(locked ? "advanced.seed.unlock" : "advanced.seed.lock")}
              aria-pressed={locked}
              className={locked ? "text-accent-ink" : ""}
              onClick={() => change({ locked: !locked, ...(seed === "" && { seed: randomSeed() }) })}
            >
              {locked ? <Lock size={16} aria-hidden="true" /> : <LockOpen size={16} aria-hidden="true" />}
            </IconButton>
            <IconButton label={t("advanced.seed.randomise")} onClick={() => change({ seed: randomSeed() })}>
              <Dices size={16} aria-hidden="true" />
            </IconButton>
          </div>
        )}
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <SliderField
          label={t("advanced.seed.batch")}
          explain={t("advanced.seed.batchExplain")}
          error={errors.batch}
          min={1}
          max={options.bounds.max_batch}
          value={batch}
          onChange={(value) => change({ batch: value })}
        />
        <SliderField
          label={t("advanced.seed.count")}
          explain={t("advanced.seed.countExplain")}
          min={1}
          max={MOST.count}
          value={count}
          onChange={(value) => change({ count: value })}
        />
      </div>
    </Section>
  );
}

/** A seed's digits: numbers of JavaScript, and so fields of numbers, do not hold all seeds. */
export function SeedInput({
  ids,
  value,
  placeholder,
  onChange,
}: {
  ids: Ids;
  value: string;
  placeholder: string;
  onChange: (value: string) => void;
}) {
  const t = useT();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const good = isSeed(typed) !== undefined;
  return (
    <div className="min-w-0 flex-1">
      <input
        {...ids}
        aria-invalid={!good || undefined}
        inputMode="numeric"
        autoComplete="off"
        className={`${INPUT} tabular-nums`}
        value={typed}
        placeholder={placeholder}
        onChange={(event) => {
          const next = event.target.value.trim();
          setTyped(next);
          if (isSeed(next) !== undefined) onChange(next);
        }}
        onBlur={() => !good && setTyped(value)}
      />
      {!good && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {t("advanced.seed.wrong", { most: String(MAX_SEED) })}
        </p>
      )}
    </div>
  );
}

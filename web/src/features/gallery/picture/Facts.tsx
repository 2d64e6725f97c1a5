import { Link } from "@tanstack/react-router";
import { Copy } from "lucide-react";
import { useMemo } from "react";
import type { AssetDetails } from "@/api/schema.gen";
import { Button, IconButton } from "@/design/Button";
import { Card } from "@/design/Layout";
import { asText, type Fact, factsOf, metadataOf, ORDER } from "@/features/gallery/picture/recipe";
import { type Text, useT } from "@/i18n";
import { moment } from "@/lib/moments";
import { copied } from "@/pictures/copied";
import { bytes } from "@/pictures/sniff";

const KNOWN = new Set(ORDER);

/** What a setting is called by people; one that is not known here keeps the name that the API gives it. */
export function useFactName() {
  const t = useT();
  return (name: string) => (KNOWN.has(name) ? t(`gallery.fact.${name}` as Text) : name.replaceAll("_", " "));
}

/** All that is known of how a picture was made, and of its file; each to be copied. */
export function Facts({ asset }: { asset: AssetDetails }) {
  const t = useT();
  const nameOf = useFactName();
  const facts = useMemo(() => factsOf(asset), [asset]);
  const { text = {}, model_hashes = {}, versions = {}, kind } = metadataOf(asset);
  const file: Fact[] = [
    { name: t("gallery.file.size"), value: `${asset.width} × ${asset.height}`, long: false },
    {
      name: t("gallery.file.bytes"),
      value: t("gallery.file.kind", {
        size: bytes(asset.size),
        kind: asset.media_type.split("/")[1] ?? "",
      }),
      long: false,
    },
    { name: t("gallery.file.made"), value: moment(asset.created_at), long: false },
    ...(kind ? [{ name: t("gallery.file.as"), value: kind, long: false }] : []),
    ...Object.entries(versions).map(([name, value]) => ({
      name: t("gallery.file.version", { name }),
      value,
      long: false,
    })),
    ...Object.entries(model_hashes).map(([name, value]) => ({
      name: t("gallery.file.weights", { name }),
      value,
      long: false,
    })),
    { name: "SHA-256", value: asset.sha256, long: false },
    { name: t("gallery.file.id"), value: asset.id, long: false },
  ];
  return (
    <>
      <Card
        title={t("gallery.fact.title")}
        aside={
          facts.length > 0 && (
            <div className="flex gap-1">
              <Button size="sm" kind="ghost" onClick={() => void copied(asText(facts, nameOf))}>
                <Copy size={15} aria-hidden="true" />
                {t("gallery.fact.copyAll")}
              </Button>
              <Button
                size="sm"
                kind="ghost"
                onClick={() => void copied(JSON.stringify(metadataOf(asset), null, 2))}
              >
                {t("gallery.fact.copyJson")}
              </Button>
            </div>
          )
        }
      >
        {facts.length === 0 && <p className="text-sm text-quiet">{t("gallery.fact.none")}</p>}
        <List facts={facts} nameOf={nameOf} />
        {Object.entries(text).map(([name, words]) => (
          <div key={name} className="mt-3">
            <h3 className="mb-1 flex items-center justify-between text-sm text-quiet">
              {t("gallery.fact.said", { name })}
              <CopyButton name={name} value={words} />
            </h3>
            <pre className="max-h-40 overflow-auto whitespace-pre-wrap break-words rounded-control bg-raised p-2 text-xs">
              {words.slice(0, 4000)}
            </pre>
          </div>
        ))}
      </Card>
      <Card title={t("gallery.file.title")}>
        <List facts={file} nameOf={(name) => name} />
      </Card>
    </>
  );
}

function List({ facts, nameOf }: { facts: Fact[]; nameOf: (name: string) => string }) {
  return (
    <dl className="flex flex-col text-sm">
      {facts.map((fact) => (
        <Row key={fact.name} fact={fact} name={nameOf(fact.name)} />
      ))}
    </dl>
  );
}

/** Settings that are ids of other pictures. */
const PICTURES = new Set(["image", "mask"]);

function Row({ fact: { name: id, value, long }, name }: { fact: Fact; name: string }) {
  const t = useT();
  const picture = PICTURES.has(id) && (
    <Link
      to="/gallery/$assetId"
      params={{ assetId: value }}
      className="underline decoration-edge underline-offset-4 hover:decoration-ink"
    >
      {t("gallery.fact.open")}
    </Link>
  );
  if (long)
    return (
      <div className="border-b border-line py-2 last:border-0">
        <dt className="flex items-center justify-between text-quiet">
          {name}
          <CopyButton name={name} value={value} />
        </dt>
        <dd className="whitespace-pre-wrap break-words">{value}</dd>
      </div>
    );
  return (
    <div className="flex items-center gap-3 border-b border-line py-0.5 last:border-0">
      <dt className="shrink-0 text-quiet">{name}</dt>
      <dd title={value} className="min-w-0 flex-1 truncate text-right tabular-nums">
        {picture || value}
      </dd>
      <dd>
        <CopyButton name={name} value={value} />
      </dd>
    </div>
  );
}

function CopyButton({ name, value }: { name: string; value: string }) {
  const t = useT();
  return (
    <IconButton
      label={t("gallery.fact.copy", { name })}
      className="size-7! text-quiet"
      onClick={() => void copied(value)}
    >
      <Copy size={14} aria-hidden="true" />
    </IconButton>
  );
}

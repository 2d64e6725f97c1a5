import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowLeftRight, Columns2, SlidersVertical } from "lucide-react";
import { useMemo, useState } from "react";
import type { AssetDetails } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Choice } from "@/design/Choice";
import { Guard } from "@/design/Guard";
import { Card, Page, Table } from "@/design/Layout";
import { Empty, Failure, Skeleton } from "@/design/States";
import { SideBySide } from "@/features/gallery/compare/SideBySide";
import { Slider } from "@/features/gallery/compare/Slider";
import { useFactName } from "@/features/gallery/picture/Facts";
import { differences, factsOf } from "@/features/gallery/picture/recipe";
import { useT } from "@/i18n";
import { useAsset } from "@/pictures/queries";
import { titleOf } from "@/pictures/urls";

/** Two pictures, beside each other or one over the other, and the settings in which they differ. */
export function Compare() {
  const t = useT();
  const { a, b } = useSearch({ strict: false }) as { a?: unknown; b?: unknown };
  return (
    <Guard permission="asset:read" title={t("gallery.compare.title")}>
      {typeof a === "string" && typeof b === "string" ? (
        <Room a={a} b={b} />
      ) : (
        <Page title={t("gallery.compare.title")}>
          <Empty
            icon={<Columns2 size={30} aria-hidden="true" />}
            title={t("gallery.compare.none")}
            action={
              <Button asChild kind="primary">
                <Link to="/gallery">{t("gallery.back")}</Link>
              </Button>
            }
          >
            {t("gallery.compare.noneHelp")}
          </Empty>
        </Page>
      )}
    </Guard>
  );
}

function Room({ a, b }: { a: string; b: string }) {
  const t = useT();
  const navigate = useNavigate();
  const [one, other] = [useAsset(a), useAsset(b)];
  const [way, setWay] = useState<"slider" | "beside">("slider");
  const error = one.error ?? other.error;
  return (
    <Page
      wide
      title={t("gallery.compare.title")}
      actions={
        <>
          <Choice
            label={t("gallery.compare.way")}
            value={way}
            onChange={setWay}
            options={[
              {
                value: "slider",
                label: t("gallery.compare.slider"),
                icon: <SlidersVertical size={15} aria-hidden="true" />,
              },
              {
                value: "beside",
                label: t("gallery.compare.beside"),
                icon: <Columns2 size={15} aria-hidden="true" />,
              },
            ]}
          />
          <Button
            onClick={() =>
              void navigate({ to: "/gallery/compare", search: { a: b, b: a } as never, replace: true })
            }
          >
            <ArrowLeftRight size={17} aria-hidden="true" />
            {t("gallery.compare.swap")}
          </Button>
        </>
      }
    >
      {error ? (
        <Failure
          error={error}
          onRetry={() => {
            void one.refetch();
            void other.refetch();
          }}
        />
      ) : one.data && other.data ? (
        <div className="flex flex-col gap-5">
          <Names a={one.data} b={other.data} />
          {way === "slider" ? (
            <Slider a={one.data} b={other.data} />
          ) : (
            <SideBySide a={one.data} b={other.data} />
          )}
          <Settings a={one.data} b={other.data} />
        </div>
      ) : (
        <Skeleton className="h-[60dvh]" />
      )}
    </Page>
  );
}

function Names({ a, b }: { a: AssetDetails; b: AssetDetails }) {
  const t = useT();
  return (
    <div className="-mb-3 flex justify-between gap-6 text-sm">
      {[a, b].map((asset, place) => (
        <Link
          key={place === 0 ? "a" : "b"}
          to="/gallery/$assetId"
          params={{ assetId: asset.id }}
          className="min-w-0 truncate underline decoration-edge underline-offset-4 hover:decoration-ink"
        >
          {t(place === 0 ? "gallery.compare.left" : "gallery.compare.right", { name: titleOf(asset) })}
        </Link>
      ))}
    </div>
  );
}

function Settings({ a, b }: { a: AssetDetails; b: AssetDetails }) {
  const t = useT();
  const nameOf = useFactName();
  const rows = useMemo(() => differences(factsOf(a), factsOf(b)), [a, b]);
  const size = `${a.width} × ${a.height}`;
  const sizes = `${b.width} × ${b.height}`;
  const none = t("gallery.compare.notSet");
  return (
    <Card title={t("gallery.compare.settings")}>
      {rows.length === 0 && size === sizes ? (
        <p className="text-sm text-quiet">
          {a.sha256 === b.sha256 ? t("gallery.compare.sameFile") : t("gallery.compare.sameSettings")}
        </p>
      ) : (
        <Table
          label={t("gallery.compare.settings")}
          rows={[
            ...rows,
            ...(size === sizes || rows.some((row) => row.name === "width" || row.name === "height")
              ? []
              : [{ name: "size", a: size, b: sizes }]),
          ]}
          id={(row) => row.name}
          columns={[
            {
              name: t("gallery.compare.setting"),
              cell: (row) => (row.name === "size" ? t("gallery.file.size") : nameOf(row.name)),
              className: "text-quiet",
            },
            { name: t("gallery.compare.first"), cell: (row) => row.a ?? none },
            { name: t("gallery.compare.second"), cell: (row) => row.b ?? none },
          ]}
        />
      )}
    </Card>
  );
}

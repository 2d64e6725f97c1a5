import { Images, Upload } from "lucide-react";
import { useDeferredValue, useRef, useState } from "react";
import { sentence } from "@/api/problem";
import type { Asset } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Dialog } from "@/design/Dialog";
import { INPUT } from "@/design/Field";
import { Empty, Failure, Progress, Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { flat } from "@/pictures/cache";
import { useAssets } from "@/pictures/queries";
import { Thumbnail } from "@/pictures/Thumbnail";
import { sendPicture } from "@/pictures/uploads";
import { isPicture, titleOf } from "@/pictures/urls";

/** What the file dialog offers. The studio looks at the bytes. */
export const ACCEPT = "image/png,image/jpeg,image/webp,image/avif,image/gif";

/** Asks for a picture: of those that one has, or of a file, which is sent then. */
export function PickPicture({
  open,
  onOpenChange,
  onPick,
  title,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onPick: (asset: Asset) => void;
  title?: string;
}) {
  const t = useT();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title ?? t("pictures.pick.title")} wide>
      {open && (
        <Picking
          onPick={(asset) => {
            onPick(asset);
            onOpenChange(false);
          }}
        />
      )}
    </Dialog>
  );
}

function Picking({ onPick }: { onPick: (asset: Asset) => void }) {
  const t = useT();
  const may = useMay("asset:create");
  const input = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState("");
  const [part, setPart] = useState<number | null>(null);
  const [why, setWhy] = useState<string>();
  const text = useDeferredValue(words.trim());
  const list = useAssets(text ? { text } : {});
  const pictures = flat(list.data).filter(isPicture);

  const take = async (file: File | undefined) => {
    if (!file) return;
    setWhy(undefined);
    setPart(0);
    try {
      onPick(await sendPicture(file, { onProgress: setPart }));
    } catch (error) {
      setWhy(sentence(error));
    } finally {
      setPart(null);
    }
  };

  return (
    <div
      className="flex flex-col gap-3"
      onDragOver={(event) => may && event.preventDefault()}
      onDrop={(event) => {
        if (!may) return;
        event.preventDefault();
        void take(event.dataTransfer.files[0]);
      }}
      onPaste={(event) => may && void take(event.clipboardData.files[0])}
    >
      <div className="flex flex-wrap gap-2">
        <input
          type="search"
          aria-label={t("pictures.pick.search")}
          placeholder={t("pictures.pick.search")}
          className={`${INPUT} min-w-40 flex-1`}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        {may && (
          <Button busy={part !== null} onClick={() => input.current?.click()}>
            <Upload size={18} aria-hidden="true" />
            {t("pictures.pick.upload")}
          </Button>
        )}
        <input
          ref={input}
          type="file"
          accept={ACCEPT}
          className="hidden"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
      </div>
      {part !== null && <Progress value={part < 1 ? part : null} label={t("pictures.pick.sending")} />}
      {why && <Failure error={new Error(why)} />}
      {list.error && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && pictures.length === 0 ? (
        <Empty
          icon={<Images size={28} aria-hidden="true" />}
          title={text ? t("pictures.pick.nothing") : t("pictures.pick.none")}
        >
          {text ? t("pictures.pick.nothingHelp") : t("pictures.pick.noneHelp")}
        </Empty>
      ) : (
        <ul className="grid min-h-64 grid-cols-[repeat(auto-fill,minmax(6.5rem,1fr))] content-start gap-2">
          {list.isPending &&
            Array.from({ length: 12 }, (_, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: places have nothing else
              <li key={n}>
                <Skeleton className="aspect-square w-full" />
              </li>
            ))}
          {pictures.map((asset) => (
            <li key={asset.id} className="[content-visibility:auto]">
              <button
                type="button"
                aria-label={t("pictures.pick.this", { name: titleOf(asset) })}
                className="block aspect-square w-full overflow-hidden rounded-control border border-line hover:border-accent"
                onClick={() => onPick(asset)}
              >
                <Thumbnail asset={asset} alt="" fit="cover" sizes="110px" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          className="self-center"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("action.more")}
        </Button>
      )}
    </div>
  );
}

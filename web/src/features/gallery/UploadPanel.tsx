import { CircleAlert, CircleCheck, X } from "lucide-react";
import { IconButton } from "@/design/Button";
import { Progress } from "@/design/States";
import { useT } from "@/i18n";
import { forgetUploads, type Upload, useUploads } from "@/pictures/uploads";

/** Files that are sent, and what became of them: in a corner, over the pictures, so that nothing moves. */
export function UploadPanel() {
  const t = useT();
  const uploads = useUploads((state) => state.uploads);
  if (uploads.length === 0) return null;
  const over = uploads.filter((one) => one.state === "done" || one.state === "refused").length;
  // What was refused stands first: it is to be read.
  const shown = [...uploads].sort((a, b) => rank(a) - rank(b));
  return (
    <section
      aria-label={t("gallery.upload.panel")}
      className="fixed inset-x-3 bottom-20 z-20 flex max-h-[45dvh] flex-col rounded-card border border-line bg-surface shadow-2xl sm:left-auto sm:right-5 sm:bottom-5 sm:w-96"
    >
      <div className="flex items-center gap-2 py-1.5 pl-4 pr-1.5">
        <h2 aria-live="polite" className="flex-1 text-sm font-semibold">
          {over < uploads.length
            ? t("gallery.upload.under", { over, count: uploads.length })
            : t("gallery.upload.over", {
                count: uploads.filter((one) => one.state === "done").length,
              })}
        </h2>
        {over === uploads.length && (
          <IconButton label={t("action.close")} onClick={forgetUploads}>
            <X size={17} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      <ul className="flex flex-col gap-2 overflow-y-auto px-4 pb-3 text-sm">
        {shown.slice(0, 50).map((one) => (
          <Row key={one.id} upload={one} />
        ))}
      </ul>
    </section>
  );
}

const RANK = { refused: 0, sending: 1, looking: 1, waiting: 2, done: 3 } as const;
const rank = (one: Upload) => RANK[one.state];

function Row({ upload }: { upload: Upload }) {
  const t = useT();
  const { name, state, part, why } = upload;
  if (state === "refused")
    return (
      <li role="alert" className="flex gap-2 text-bad">
        <CircleAlert size={17} aria-hidden="true" className="mt-0.5 shrink-0" />
        <span className="min-w-0">
          <span className="block truncate font-medium">{name}</span>
          {why}
        </span>
      </li>
    );
  return (
    <li>
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {state === "done" ? (
          <CircleCheck size={17} aria-label={t("gallery.upload.done")} className="shrink-0 text-good" />
        ) : (
          <span className="text-quiet">{t(`gallery.upload.${state}`)}</span>
        )}
      </div>
      {(state === "sending" || state === "looking") && (
        <Progress
          className="mt-1"
          value={state === "looking" ? null : part}
          label={t("gallery.upload.progress", { name })}
        />
      )}
    </li>
  );
}

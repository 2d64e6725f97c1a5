import { Ban, CircleAlert, Clock, Pause } from "lucide-react";
import { Spinner } from "@/design/Spinner";
import { Picture } from "@/jobs/Picture";
import { outputsOf } from "@/jobs/request";
import type { JobView } from "@/jobs/view";
import { assetUrl } from "@/pictures/urls";

/** A job as a small square: its picture, how it looks so far, or what it does. */
export function Face({ view }: { view: JobView }) {
  const [first] = outputsOf(view.job);
  const preview = view.previews[0];
  return (
    <span className="relative grid size-14 shrink-0 place-items-center overflow-hidden rounded-control bg-hover text-quiet">
      {first ? (
        <Picture
          source={assetUrl(first.asset_id, "256.webp")}
          alt=""
          preview={preview}
          className="object-cover"
        />
      ) : preview ? (
        <img src={preview} alt="" className="size-full object-cover" />
      ) : (
        <Sign view={view} />
      )}
    </span>
  );
}

function Sign({ view }: { view: JobView }) {
  const icon = { size: 20, "aria-hidden": true } as const;
  switch (view.phase) {
    case "waiting":
    case "sending":
      return <Clock {...icon} />;
    case "paused":
      return <Pause {...icon} />;
    case "failed":
      return <CircleAlert {...icon} className="text-bad" />;
    case "cancelled":
      return <Ban {...icon} />;
    case "done":
      return null;
    default:
      return <Spinner size={20} />;
  }
}

import { useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { usePreferences } from "@/api/preferences";
import { queryClient } from "@/api/queryClient";
import type { Job } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { allowed, notify } from "@/app/finished/system";
import { addUnseen, seen } from "@/app/finished/unseen";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { outputsOf, promptOf } from "@/jobs/request";
import { jobOptions } from "@/jobs/useJob";
import { assetUrl } from "@/pictures/urls";
import { onEnded } from "@/realtime/live";
import { isWatched } from "@/realtime/watched";

/** More of them in so short a time are told of together. */
const MANY = 3;
const TOGETHER_MS = 4000;
const LINE = 60;

/** Tells of one's jobs that have ended elsewhere than on the page that is looked at. */
export function Finished() {
  const router = useRouter();
  const { notify: wanted = false } = usePreferences();
  const byId = useSession((session) => session.me?.id);
  const system = useRef(wanted);
  system.current = wanted;
  useEffect(() => {
    let lately: { id: string; at: number; pictures: number }[] = [];
    async function ended(id: string, state: string) {
      if (state === "CANCELLED" || isWatched(id)) return;
      const job = await queryClient.fetchQuery({ ...jobOptions(id), staleTime: 0 }).catch(() => undefined);
      if (!job || job.user_id !== byId || job.state !== state || isWatched(id)) return;
      const hidden = document.visibilityState !== "visible";
      const [first, ...others] = outputsOf(job);
      const said = words(job, 1 + others.length);
      const open = () =>
        first
          ? void router.navigate({ to: "/gallery/$assetId", params: { assetId: first.asset_id } })
          : void router.navigate({ to: "/queue" });
      if (hidden && system.current && allowed())
        notify({ ...said, tag: id, open, ...(first ? { icon: assetUrl(first.asset_id, "256.webp") } : {}) });
      if (state === "FAILED")
        return void toast.error(said.title, {
          id,
          description: said.body,
          action: { label: t("shell.finished.queue"), onClick: () => void router.navigate({ to: "/queue" }) },
        });
      if (!first) return;
      const now = Date.now();
      const pictures = 1 + others.length;
      lately = [...lately.filter(({ at }) => now - at < TOGETHER_MS), { id, at: now, pictures }];
      if (!location.pathname.startsWith("/gallery") || hidden) addUnseen(id, pictures);
      if (lately.length > MANY) {
        for (const one of lately) toast.dismiss(one.id);
        const count = lately.reduce((sum, one) => sum + one.pictures, 0);
        return void toast(t("shell.finished.pictures", { count }), {
          id: "finished",
          action: { label: t("shell.gallery"), onClick: () => void router.navigate({ to: "/gallery" }) },
        });
      }
      toast(said.title, {
        id,
        description: said.body,
        icon: (
          <img
            src={assetUrl(first.asset_id, "256.webp")}
            alt=""
            className="size-11 rounded-md object-cover"
          />
        ),
        action: { label: t("shell.finished.open"), onClick: open },
      });
    }
    return onEnded((id, state) => void ended(id, state));
  }, [router, byId]);
  useEffect(() => {
    const arrived = () => location.pathname.startsWith("/gallery") && seen();
    const looked = () => {
      if (document.visibilityState !== "visible") return;
      seen(isWatched);
      arrived();
    };
    document.addEventListener("visibilitychange", looked);
    const stop = router.subscribe("onResolved", arrived);
    return () => {
      document.removeEventListener("visibilitychange", looked);
      stop();
    };
  }, [router]);
  return null;
}

function words(job: Job, pictures: number): { title: string; body: string } {
  const failed = job.state === "FAILED";
  const prompt = promptOf(job.request).trim();
  const line = prompt.length > LINE ? `${prompt.slice(0, LINE)}…` : prompt;
  return {
    title: failed ? t("shell.finished.failed") : t("shell.finished.pictures", { count: pictures }),
    body: (failed ? job.error?.detail : line) ?? "",
  };
}

import { CloudOff } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/design/Button";
import { t } from "@/i18n";
import { useLive } from "@/realtime/jobs";
import { retryNow } from "@/realtime/live";

/** A break that is mended by then is none worth telling. */
const PATIENCE_MS = 2500;

/** Says that the studio cannot be reached, and when it can again. Over the page, so that nothing jumps. */
export function ConnectionBanner() {
  const lost = useLive((state) => state.connection === "waiting" || state.connection === "connecting");
  const trying = useLive((state) => state.connection === "connecting");
  const online = useOnline();
  const [told, setTold] = useState(false);
  useEffect(() => {
    if (!lost) return setTold(false);
    const timer = setTimeout(() => setTold(true), online ? PATIENCE_MS : 0);
    return () => clearTimeout(timer);
  }, [lost, online]);
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-x-2 top-[calc(var(--bar-top)+0.5rem)] z-30 flex justify-center sm:left-(--bar-side)"
    >
      {told && (
        <div className="pointer-events-auto flex items-center gap-3 rounded-control border border-warn/50 bg-raised px-4 py-2 text-sm shadow-lg">
          <CloudOff size={18} className="shrink-0 text-warn" aria-hidden="true" />
          <span>{online ? t("shell.lost") : t("shell.offline")}</span>
          {online && (
            <Button size="sm" busy={trying} onClick={retryNow}>
              {t("action.retry")}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return online;
}

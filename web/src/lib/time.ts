import { useEffect, useState } from "react";
import { t } from "@/i18n";

/** Seconds in words: "8 s", "2 min". Never less than a second. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  return whole < 90
    ? t("unit.seconds", { count: whole })
    : t("unit.minutes", { count: Math.round(whole / 60) });
}

/** A day as people write it where they are: "3 Dec 2026". */
export const day = (iso: string): string =>
  new Date(iso).toLocaleDateString(undefined, { dateStyle: "medium" });

/** Seconds left until a moment (milliseconds since 1970), counted down to 0; undefined without one. */
export function useCountdown(until: number | undefined): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (until === undefined) return;
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [until]);
  return until === undefined ? undefined : Math.max(0, Math.ceil((until - now) / 1000));
}

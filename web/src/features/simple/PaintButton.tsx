import { Sparkles } from "lucide-react";
import { $api } from "@/api/client";
import type { ApiProblem } from "@/api/problem";
import type { Txt2Img } from "@/api/schema.gen";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { cx } from "@/design/cx";
import { useT } from "@/i18n";
import { usePrice } from "@/jobs/price";
import { useWait } from "@/jobs/Refusal";
import { inCredits } from "@/lib/credits";
import { duration } from "@/lib/time";

/** The one button, and what pressing it costs. */
export function PaintButton({
  request,
  pending,
  problem,
  onPress,
}: {
  request: Txt2Img | null;
  pending: boolean;
  problem: ApiProblem | null;
  onPress: () => void;
}) {
  const t = useT();
  const wait = useWait(problem);
  const { quote } = usePrice(request);
  const seen = useMay("credit:read");
  const { data: credits } = $api.useQuery("get", "/api/v1/credits", {}, { enabled: seen });
  const waiting = wait !== undefined && wait > 0;
  const lacking = quote && credits && credits.available_microcredits < quote.amount_microcredits;
  return (
    <div>
      <Button
        kind="primary"
        size="lg"
        className="w-full"
        busy={pending}
        disabled={waiting || request === null}
        onClick={onPress}
      >
        <Sparkles size={18} aria-hidden="true" />
        {t("simple.paint")}
      </Button>
      <p className={cx("mt-1.5 min-h-6 text-center text-sm", lacking ? "text-warn" : "text-quiet")}>
        {waiting ? t("simple.wait", { time: duration(wait) }) : words()}
      </p>
    </div>
  );

  function words(): string {
    if (!quote) return "";
    const price = inCredits(quote.amount_microcredits);
    if (!credits) return t("simple.price", { price });
    const left = inCredits(credits.available_microcredits);
    return t(lacking ? "simple.tooFew" : "simple.priceLeft", { price, left });
  }
}

import { Hint } from "@/design/Hint";
import { ago, moment } from "@/lib/moments";

/** When something was, in words; the exact time on hover and focus. */
export function Moment({ at }: { at: string }) {
  return (
    <Hint text={moment(at)}>
      <time dateTime={at} className="whitespace-nowrap">
        {ago(at)}
      </time>
    </Hint>
  );
}

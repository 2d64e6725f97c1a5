import type { Asset } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";

/** Is it one's own, or does one manage everybody's? Only then is it changed, deleted or shared. */
export function useOwn(thing: Pick<Asset, "user_id">): boolean {
  const me = useSession((session) => session.me?.id);
  const manages = useMay("asset:manage");
  return manages || thing.user_id === me;
}

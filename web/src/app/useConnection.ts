import { useEffect } from "react";
import { useMay, useSession } from "@/api/session";
import { startLive } from "@/realtime/live";

/** One live connection for each person in each organisation, while their session lasts. A new CSRF token is none of its
 * business: what it has told of running jobs stays. */
export function useConnection(): void {
  const whose = useSession(({ me, ended }) => (me && !ended ? `${me.id} ${me.organisation_id}` : ""));
  const may = useMay("job:read");
  useEffect(() => (whose && may ? startLive() : undefined), [whose, may]);
}

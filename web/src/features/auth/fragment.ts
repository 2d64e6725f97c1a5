import { useEffect, useState } from "react";

/** What a mail's link or a provider has put behind the `#`, which browsers send to no server.
 *
 * It is read once and taken out of the address, so that it does not stay in the history. */
export function useFragment(): URLSearchParams {
  const [read] = useState(() => new URLSearchParams(location.hash.slice(1)));
  useEffect(() => {
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  }, []);
  return read;
}

import { waitMs } from "@/realtime/backoff";
import type { JobEvent } from "@/realtime/events";

export type Connection = "connecting" | "open" | "waiting" | "off";

/** The session is over, or the permission gone: trying again alone does not help. */
const REFUSED = new Set([4401, 4403]);
/** A machine or tab that stood still for so long may hold a connection that nobody answers any more. Hidden tabs' timers run
 * each minute at least. */
const SLEPT_MS = 90_000;
const TICK_MS = 10_000;
/** A handshake that nobody answers. */
const HANDSHAKE_MS = 15_000;
/** Silence while something is under way. */
const SILENT_MS = 60_000;

export type Told = {
  /** Each event as it comes, in order. */
  event: (event: JobEvent) => void;
  /** The connection stands; `again`: it is not the first, what was missed is coming. */
  opened: (again: boolean) => void;
  status: (connection: Connection) => void;
  /** Closed for the session's sake, or never opened. Resolves to whether it may be tried again. */
  refused: () => Promise<boolean>;
  /** Is something expected to be told? Then long silence is suspicious. */
  expecting: () => boolean;
};

/** The page's one WebSocket: connects, and does so again when it breaks, from the last event that was seen.
 * @returns a function that ends it, and one that tries now */
export function openSocket(told: Told): { close: () => void; now: () => void } {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: number | undefined;
  let tries = 0;
  let openedBefore = false;
  let over = false;
  let heard = Date.now();
  let ticked = Date.now();
  let slept = false;

  function address(): string {
    const url = new URL("/ws", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    if (last !== undefined) url.searchParams.set("after", String(last));
    return url.href;
  }

  function drop() {
    clearTimeout(timer);
    const old = socket;
    socket = undefined;
    old?.close();
  }

  function connect() {
    drop();
    if (over) return;
    if (!navigator.onLine) return told.status("waiting");
    told.status("connecting");
    const mine = new WebSocket(address());
    socket = mine;
    let opened = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (opened || socket !== mine) return;
      drop();
      void again(false);
    }, HANDSHAKE_MS);
    mine.onopen = () => {
      if (socket !== mine) return;
      opened = true;
      clearTimeout(timer);
      heard = Date.now();
      told.status("open");
      told.opened(openedBefore);
      openedBefore = true;
    };
    mine.onmessage = ({ data }) => {
      if (socket !== mine) return;
      heard = Date.now();
      // A server that accepts and falls over at once is no success.
      tries = 0;
      const event = parsed(data);
      if (!event) return;
      if (event.type === "state") last = Math.max(last ?? 0, event.id);
      told.event(event);
    };
    mine.onclose = ({ code }) => {
      if (socket !== mine) return;
      socket = undefined;
      void again(opened && !REFUSED.has(code));
    };
  }

  async function again(plainly: boolean) {
    if (over) return;
    told.status("waiting");
    tries += 1;
    const wait = waitMs(tries, Math.random());
    // A handshake that is refused looks to scripts like one that failed: who is signed in tells which.
    if (!plainly && !(await told.refused())) {
      if (!over && !socket) told.status("off");
      return;
    }
    if (over || socket) return;
    clearTimeout(timer);
    timer = setTimeout(connect, wait);
  }

  function now() {
    if (over) return;
    tries = 0;
    connect();
  }

  /** Is what stands still to be believed? Connects anew where not. */
  function doubt() {
    if (Date.now() - ticked > SLEPT_MS) slept = true;
    ticked = Date.now();
    if (over || !socket || document.visibilityState !== "visible") return;
    const silent = Date.now() - heard > SILENT_MS && told.expecting();
    if (!slept && !silent) return;
    slept = false;
    heard = Date.now();
    now();
  }

  const clock = setInterval(doubt, TICK_MS);
  const looked = () => {
    doubt();
    // Whoever looks does not wait for the back-off.
    if (!socket && document.visibilityState === "visible") now();
  };
  const offline = () => {
    if (over) return;
    drop();
    told.status("waiting");
  };
  // From the cache of whole pages a page comes back with its connection closed.
  const shown = ({ persisted }: PageTransitionEvent) => persisted && now();
  addEventListener("online", now);
  addEventListener("offline", offline);
  addEventListener("pageshow", shown);
  document.addEventListener("visibilitychange", looked);
  connect();

  return {
    now,
    close() {
      over = true;
      drop();
      clearInterval(clock);
      removeEventListener("online", now);
      removeEventListener("offline", offline);
      removeEventListener("pageshow", shown);
      document.removeEventListener("visibilitychange", looked);
      told.status("off");
    },
  };
}

function parsed(data: unknown): JobEvent | undefined {
  try {
    return JSON.parse(String(data)) as JobEvent;
  } catch {
    return undefined;
  }
}

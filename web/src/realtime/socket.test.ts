import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JobEvent } from "@/realtime/events";
import { openSocket, type Told } from "@/realtime/socket";

class Wire {
  static all: Wire[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: (end: { code: number }) => void;
  closed = false;
  constructor(readonly url: string) {
    Wire.all.push(this);
  }
  close() {
    this.closed = true;
  }
  tell(event: object) {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
}

const state = (id: number) => ({ type: "state", id, job_id: "a", sequence: id, state: "QUEUED", at: "" });
const last = () => {
  const wire = Wire.all.at(-1);
  if (!wire) throw new Error("no connection was opened");
  return wire;
};

const sockets: { close: () => void }[] = [];
function open() {
  const socket = openSocket(told);
  sockets.push(socket);
  return socket;
}

let statuses: string[];
let opened: boolean[];
let events: JobEvent[];
let told: Told;
let online: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Wire);
  vi.spyOn(navigator, "onLine", "get").mockImplementation(() => online);
  Wire.all = [];
  online = true;
  [statuses, opened, events] = [[], [], []];
  told = {
    event: (event) => events.push(event),
    opened: (again) => opened.push(again),
    status: (status) => statuses.push(status),
    refused: vi.fn(async () => true),
    expecting: () => false,
  };
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("comes again after the last event that was seen", async () => {
  const socket = open();
  expect(last().url).toBe("ws://localhost:3000/ws");
  last().onopen?.();
  last().tell(state(7));
  last().tell(state(5));
  last().onclose?.({ code: 1012 });
  await vi.advanceTimersByTimeAsync(600);
  expect(Wire.all).toHaveLength(2);
  expect(last().url).toBe("ws://localhost:3000/ws?after=7");
  last().onopen?.();
  expect(opened).toEqual([false, true]);
  expect(statuses).toEqual(["connecting", "open", "waiting", "connecting", "open"]);
  expect(told.refused).not.toHaveBeenCalled();
  socket.close();
  expect(last().closed).toBe(true);
});

/** Breaks the newest connection; after how many milliseconds the next one comes. */
async function untilNext(code: number): Promise<number> {
  const before = Wire.all.length;
  last().onclose?.({ code });
  let waited = 0;
  while (Wire.all.length === before) {
    await vi.advanceTimersByTimeAsync(100);
    waited += 100;
    if (waited > 60_000) throw new Error("it was given up");
  }
  return waited;
}

test("waits longer each time, and never gives up while it may come", async () => {
  open();
  const waits: number[] = [];
  for (let tries = 0; tries < 12; tries++) waits.push(await untilNext(1006));
  expect(waits[0]).toBeLessThanOrEqual(600);
  for (const wait of waits.slice(6)) expect(wait).toBeGreaterThanOrEqual(10_000);
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(20_100);
});

test("an ended session is asked for, and not tried again where it is over", async () => {
  told.refused = vi.fn(async () => false);
  open();
  last().onopen?.();
  last().onclose?.({ code: 4401 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told.refused).toHaveBeenCalledOnce();
  expect(Wire.all).toHaveLength(1);
  expect(statuses.at(-1)).toBe("off");
});

test("a server that falls over as soon as it has answered is no success: the wait goes on growing", async () => {
  open();
  let wait = 0;
  for (let tries = 0; tries < 8; tries++) {
    last().onopen?.();
    wait = await untilNext(1013);
  }
  expect(wait).toBeGreaterThanOrEqual(10_000);
  last().onopen?.();
  last().tell(state(1));
  expect(await untilNext(1013)).toBeLessThanOrEqual(600);
});

test("without a network nothing is tried; with it, at once", async () => {
  open();
  last().onopen?.();
  online = false;
  dispatchEvent(new Event("offline"));
  expect(last().closed).toBe(true);
  expect(statuses.at(-1)).toBe("waiting");
  await vi.advanceTimersByTimeAsync(120_000);
  expect(Wire.all).toHaveLength(1);
  online = true;
  dispatchEvent(new Event("online"));
  expect(Wire.all).toHaveLength(2);
});

test("a tab that slept connects anew when it is looked at", async () => {
  open();
  last().onopen?.();
  last().tell(state(3));
  // Frozen: no timer runs while the clock goes on.
  vi.setSystemTime(Date.now() + 600_000);
  document.dispatchEvent(new Event("visibilitychange"));
  expect(Wire.all).toHaveLength(2);
  expect(last().url).toContain("after=3");
  // What the old connection still says is nobody's business.
  Wire.all[0]?.tell(state(4));
  Wire.all[0]?.onclose?.({ code: 1006 });
  expect(events).toHaveLength(1);
  expect(statuses.at(-1)).toBe("connecting");
});

test("long silence while a job is under way is not believed", async () => {
  told.expecting = () => true;
  open();
  last().onopen?.();
  await vi.advanceTimersByTimeAsync(50_000);
  expect(Wire.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(25_000);
  expect(Wire.all).toHaveLength(2);
});

test("a handshake that nobody answers is given up, and tried again", async () => {
  open();
  await vi.advanceTimersByTimeAsync(16_000);
  expect(Wire.all).toHaveLength(2);
  expect(Wire.all[0]?.closed).toBe(true);
  expect(statuses).toEqual(["connecting", "waiting", "connecting"]);
});

test("what is no JSON is passed over", () => {
  open();
  last().onmessage?.({ data: "<html>" });
  expect(events).toEqual([]);
});

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

test("waits longer each time, and never gives up while it may come", async () => {
  open();
  for (let tries = 0; tries < 12; tries++) {
    last().onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(20_000);
  }
  expect(Wire.all).toHaveLength(13);
  const before = Wire.all.length;
  last().onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(Wire.all).toHaveLength(before);
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

test("a server that answers after it told nothing is no success: the wait goes on growing", async () => {
  open();
  for (let tries = 0; tries < 6; tries++) {
    last().onopen?.();
    last().onclose?.({ code: 1013 });
    await vi.advanceTimersByTimeAsync(20_000);
  }
  const before = Wire.all.length;
  last().onopen?.();
  last().onclose?.({ code: 1013 });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(Wire.all).toHaveLength(before);
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

test("what is no JSON is passed over", () => {
  open();
  last().onmessage?.({ data: "<html>" });
  expect(events).toEqual([]);
});

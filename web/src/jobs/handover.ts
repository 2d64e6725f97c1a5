import { useEffect, useRef } from "react";
import type { Work } from "@/jobs/request";
import { onAnother } from "@/lib/owner";

/** What one mode gives the other on the way: it lives for one change of pages. */
let given: Work | undefined;
let carry: (() => Work | undefined) | undefined;
onAnother(() => handOver(undefined));

export function handOver(request: Work | undefined): void {
  given = request;
}

/** What was handed over, once. */
export function takeOver(): Work | undefined {
  const request = given;
  given = undefined;
  return request;
}

/** What a room gives to the other mode when the switch between them is pressed. */
export function useCarry(room: () => Work | undefined): void {
  const latest = useRef(room);
  latest.current = room;
  useEffect(() => {
    const mine = () => latest.current();
    carry = mine;
    return () => {
      if (carry === mine) carry = undefined;
    };
  }, []);
}

/** Takes along what the room that is shown gives. */
export const carryOver = (): void => handOver(carry?.());

import { idempotencyKey } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { onAnother } from "@/lib/owner";

/** One press of a button, and what the server knows it by. */
export type Press = { key: string; body: string };

/**
 * What the next press is known by. A press whose answer was lost may have had its effect: pressing again with the same
 * request goes out under the same key, so that nothing is painted or paid twice. Anything else is a new press.
 */
export function pressed(lost: Press | undefined, body: string, fresh: () => string): Press {
  return lost?.body === body ? lost : { key: fresh(), body };
}

/** Is it unknown whether the press had its effect? A refusal has none. */
export const mayHaveArrived = (error: unknown): boolean =>
  !(error instanceof ApiProblem) || error.status === 0 || error.status >= 500 || error.status === 409;

/** Keys of presses that have no answer yet, or whose answer was lost; by what they ask for. */
const unanswered = new Map<string, string>();
onAnother(() => unanswered.clear());

/**
 * Sends a press under the key of the one before it where nobody knows what became of that, also when the button was
 * away in between. `name` is all that the press asks for: another request has a key of its own.
 */
export async function once<T>(name: string, send: (key: string) => Promise<T>): Promise<T> {
  const key = unanswered.get(name) ?? idempotencyKey();
  unanswered.set(name, key);
  try {
    const answer = await send(key);
    unanswered.delete(name);
    return answer;
  } catch (error) {
    if (!mayHaveArrived(error)) unanswered.delete(name);
    throw error;
  }
}

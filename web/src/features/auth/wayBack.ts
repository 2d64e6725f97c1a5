/** Where everybody is led: who is new chooses in the introduction which of Create's pages it is. */
const USUAL = new Set(["/", "/create"]);

/** The introduction, for who is new, and what they came for after it. */
export const introduced = (next: string | undefined): string =>
  next && !USUAL.has(next) ? `/welcome?next=${encodeURIComponent(next)}` : "/welcome";

let kept: string | undefined;

/** Where to go after signing in, where the address has a secret: it is remembered by this page alone. */
export const keepWay = (path: string) => {
  kept = path;
};

/** Once. */
export function takeWay(): string | undefined {
  const way = kept;
  kept = undefined;
  return way;
}

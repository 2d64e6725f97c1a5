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

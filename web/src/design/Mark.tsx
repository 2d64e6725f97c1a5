/** The studio's sign. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-accent-soft" />
      <circle cx="16" cy="16" r="8.5" fill="none" strokeWidth="3" className="stroke-accent" />
      <circle cx="16" cy="16" r="3" className="fill-accent" />
    </svg>
  );
}

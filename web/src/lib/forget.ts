const PREFIX = "studio.";
const KEPT = new Set(["studio.theme"]);

/** Takes away what this browser keeps of a person: drafts, mostly. Who comes next sees nothing of theirs. */
export function forgetPerson(): void {
  for (const storage of [localStorage, sessionStorage])
    for (const key of Object.keys(storage))
      if (key.startsWith(PREFIX) && !KEPT.has(key)) storage.removeItem(key);
}

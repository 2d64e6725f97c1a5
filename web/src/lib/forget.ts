const PREFIX = "studio.";
const KEPT = new Set(["studio.theme"]);

/** Takes away what this browser keeps of a person: drafts, mostly. Who comes next sees nothing of theirs. */
export const forgetPerson = (): void => forget(() => false);

/** The same of everybody but one: what they keep is named after them (lib/owner.ts). */
export const forgetOthers = (person: string): void => forget((key) => key.split(" ")[1] === person);

function forget(stays: (key: string) => boolean): void {
  try {
    for (const storage of [localStorage, sessionStorage])
      for (const key of Object.keys(storage))
        if (key.startsWith(PREFIX) && !KEPT.has(key) && !stays(key)) storage.removeItem(key);
  } catch {
    // A browser that refuses its storage keeps nothing.
  }
}

/** Puts text into the clipboard; false where the browser does not let a page do that (then it can be selected by hand). */
export async function copy(text: string): Promise<boolean> {
  try {
    // Not there on plain http addresses other than localhost.
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

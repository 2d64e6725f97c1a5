import { t } from "@/i18n";

export const SHORTEST = 12;

/** What is wrong with what was typed, by field; empty: nothing. The server looks again. */
export function wrong(typed: { email?: string; name?: string; fresh?: string; password?: string }) {
  const found: Record<string, string> = {};
  const { email, name, fresh, password } = typed;
  if (name !== undefined && !name.trim()) found.name = t("auth.wrong.name");
  if (email !== undefined && !/^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*$/.test(email.trim()))
    found.email = t("auth.wrong.email");
  // The server counts characters, not UTF-16 units.
  if (fresh !== undefined && [...fresh].length < SHORTEST)
    found.password = t("auth.wrong.short", { count: SHORTEST - [...fresh].length });
  if (password === "") found.password = t("auth.wrong.password");
  return found;
}

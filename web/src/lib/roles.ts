import { type Text, t } from "@/i18n";

const BUILT_IN = ["admin", "team_admin", "user", "viewer"];

/** What people call a role: the built-in ones in words, others as they were named. */
export const roleName = (name: string): string =>
  BUILT_IN.includes(name) ? t(`team.role.${name}` as Text) : name;

/** What a built-in role is for. */
export const roleNote = (name: string): string | undefined =>
  BUILT_IN.includes(name) ? t(`team.roleNote.${name}` as Text) : undefined;

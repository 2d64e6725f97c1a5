import type { Role } from "@/api/schema.gen";
import { type Text, t } from "@/i18n";
import { beyond } from "@/lib/permissions";

const BUILT_IN = ["admin", "team_admin", "user", "viewer"];

/** What people call a role: the built-in ones in words, others as they were named. */
export const roleName = (name: string): string =>
  BUILT_IN.includes(name) ? t(`team.role.${name}` as Text) : name;

/** What a built-in role is for. */
export const roleNote = (name: string): string | undefined =>
  BUILT_IN.includes(name) ? t(`team.roleNote.${name}` as Text) : undefined;

/** Roles that one may give: none that may do more than oneself. */
export const givable = (roles: readonly Role[], own: readonly string[]): Role[] =>
  roles.filter((role) => beyond(role.permissions, own).length === 0);

/** May one change or remove who has this role? Not where it may do more than oneself. */
export const mayTouch = (role: string, roles: readonly Role[], own: readonly string[]): boolean => {
  const found = roles.find((one) => one.name === role);
  return found !== undefined && beyond(found.permissions, own).length === 0;
};

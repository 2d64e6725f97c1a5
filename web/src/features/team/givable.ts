import type { Role } from "@/api/schema.gen";
import { beyond } from "@/lib/permissions";

/** Roles that one may give: none that may do more than oneself. */
export const givable = (roles: readonly Role[], own: readonly string[]): Role[] =>
  roles.filter((role) => beyond(role.permissions, own).length === 0);

/** May one change or remove who has this role? Not where it may do more than oneself. */
export const mayTouch = (role: string, roles: readonly Role[], own: readonly string[]): boolean => {
  const found = roles.find((one) => one.name === role);
  return found !== undefined && beyond(found.permissions, own).length === 0;
};

import type { NewRole } from "@/api/schema.gen";
import { type Text, t } from "@/i18n";
import { access } from "@/i18n/en/access";

export type Permission = NewRole["permissions"][number];
export type Group = { resource: string; name: Text; permissions: Permission[] };

/** Every permission of the API, by what it is about. */
export const GROUPS: Group[] = Object.entries(access.may).map(([resource, actions]) => ({
  resource,
  name: `access.resource.${resource}` as Text,
  permissions: Object.keys(actions).map((action) => `${resource}:${action}` as Permission),
}));

export const PERMISSIONS: Permission[] = GROUPS.flatMap((group) => group.permissions);

/** What a permission allows, in words; one that this page does not know yet is called by its own name. */
export function meaning(permission: string): string {
  const [resource, action] = permission.split(":");
  const known = (PERMISSIONS as string[]).includes(permission);
  return known ? t(`access.may.${resource}.${action}` as Text) : permission;
}

/** Those of `asked` that are not among `own`: nobody gives more than they have. */
export const beyond = (asked: readonly string[], own: readonly string[]) =>
  asked.filter((permission) => !own.includes(permission));

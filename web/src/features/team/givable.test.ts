import fc from "fast-check";
import { expect, test } from "vitest";
import type { Role } from "@/api/schema.gen";
import { givable, mayTouch } from "@/features/team/givable";
import { GROUPS, meaning, PERMISSIONS } from "@/lib/permissions";
import { roleName } from "@/lib/roles";

const role = (name: string, permissions: string[]): Role => ({
  id: name,
  name,
  permissions,
  built_in: false,
});
const permissions = fc.subarray(PERMISSIONS);

test("nobody is offered a role that may do more than they may", () => {
  fc.assert(
    fc.property(permissions, fc.array(permissions, { maxLength: 6 }), (own, others) => {
      const roles = others.map((of, place) => role(`role-${place}`, of));
      const offered = givable(roles, own);
      for (const one of roles) {
        const within = one.permissions.every((permission) => own.includes(permission as never));
        expect(offered.includes(one)).toBe(within);
        expect(mayTouch(one.name, roles, own)).toBe(within);
      }
    }),
  );
});

test("a role that is not known is left alone", () => {
  expect(mayTouch("gone", [], PERMISSIONS)).toBe(false);
});

test("built-in roles have names for people, others their own", () => {
  expect(roleName("team_admin")).toBe("Team admin");
  expect(roleName("reviewer")).toBe("reviewer");
});

test("every permission is in one group, and said in words", () => {
  expect(new Set(PERMISSIONS).size).toBe(PERMISSIONS.length);
  expect(GROUPS.every((group) => group.permissions.length > 0)).toBe(true);
  for (const permission of PERMISSIONS) expect(meaning(permission)).not.toMatch(/:|access\.may/);
  expect(meaning("ghost:haunt")).toBe("ghost:haunt");
});

import { Check } from "lucide-react";
import { Fragment, useState } from "react";
import type { Role } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { Badge, Card } from "@/design/Layout";
import { Select } from "@/design/Select";
import { useT } from "@/i18n";
import { GROUPS, meaning } from "@/lib/permissions";
import { roleName, roleNote } from "@/lib/roles";

/** Permissions down, roles across; on phones one role at a time. */
export function RoleMatrix({ roles }: { roles: Role[] }) {
  const t = useT();
  return (
    <Card title={t("team.roles.matrix")}>
      <div className="hidden sm:block">
        <Wide roles={roles} />
      </div>
      <div className="sm:hidden">
        <Narrow roles={roles} />
      </div>
    </Card>
  );
}

function Wide({ roles }: { roles: Role[] }) {
  const t = useT();
  const mine = useSession((session) => session.me?.role);
  return (
    // Many roles of one's own go beyond the page: this part alone scrolls, also by keyboard.
    <section
      aria-label={t("team.roles.matrix")}
      tabIndex={0}
      className="max-h-[75dvh] overflow-auto rounded-control"
    >
      <table className="w-full border-collapse text-sm">
        <thead className="sticky top-0 z-10 bg-surface">
          <tr className="border-b border-line">
            <th scope="col" className="py-2 pr-4 text-left font-medium text-quiet">
              {t("team.roles.permission")}
            </th>
            {roles.map((role) => (
              <th key={role.id} scope="col" className="min-w-24 px-2 py-2 align-top font-medium">
                <span className="block break-words">{roleName(role.name)}</span>
                {role.name === mine && <Badge tone="accent">{t("team.roles.yours")}</Badge>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {GROUPS.map((group) => (
            <Fragment key={group.resource}>
              <tr>
                <th
                  scope="colgroup"
                  colSpan={roles.length + 1}
                  className="pb-1 pt-4 text-left text-xs font-medium uppercase tracking-wide text-quiet"
                >
                  {t(group.name)}
                </th>
              </tr>
              {group.permissions.map((permission) => (
                <tr key={permission} className="border-b border-line/60">
                  <th scope="row" className="py-1.5 pr-4 text-left font-normal">
                    {meaning(permission)}
                  </th>
                  {roles.map((role) => (
                    <td key={role.id} className="px-2 py-1.5 text-center">
                      <Mark has={role.permissions.includes(permission)} />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Mark({ has }: { has: boolean }) {
  const t = useT();
  return has ? (
    <>
      <Check size={17} className="mx-auto text-good" aria-hidden="true" />
      <span className="sr-only">{t("team.roles.yes")}</span>
    </>
  ) : (
    <>
      <span aria-hidden="true" className="text-quiet">
        –
      </span>
      <span className="sr-only">{t("team.roles.no")}</span>
    </>
  );
}

function Narrow({ roles }: { roles: Role[] }) {
  const t = useT();
  const mine = useSession((session) => session.me?.role);
  const [chosen, setChosen] = useState(mine);
  const role = roles.find((one) => one.name === chosen) ?? roles[0];
  if (!role) return null;
  return (
    <>
      <Select
        label={t("team.members.role")}
        value={role.name}
        onChange={setChosen}
        options={roles.map((one) => ({
          value: one.name,
          label: one.name === mine ? `${roleName(one.name)} (${t("team.roles.yours")})` : roleName(one.name),
          note: roleNote(one.name),
        }))}
      />
      {GROUPS.map((group) => (
        <section key={group.resource} className="mt-4">
          <h3 className="mb-1 text-xs font-medium uppercase tracking-wide text-quiet">{t(group.name)}</h3>
          <ul>
            {group.permissions.map((permission) => {
              const has = role.permissions.includes(permission);
              return (
                <li key={permission} className="flex items-start gap-3 py-1 text-sm">
                  <span className="grid w-5 shrink-0 place-items-center pt-0.5">
                    <Mark has={has} />
                  </span>
                  <span className={has ? "" : "text-quiet"}>{meaning(permission)}</span>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </>
  );
}

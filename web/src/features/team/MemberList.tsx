import { useState } from "react";
import type { Member } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Badge, Table } from "@/design/Layout";
import { MemberRole } from "@/features/team/MemberRole";
import { MemberTeam } from "@/features/team/MemberTeam";
import { RemoveMember } from "@/features/team/RemoveMember";
import { useT } from "@/i18n";
import { day } from "@/lib/time";

const STEP = 50;

/** People, their roles and teams, with what one may change about them. */
export function MemberList({ members }: { members: Member[] }) {
  const t = useT();
  const me = useSession((session) => session.me?.id);
  const mayRemove = useMay("member:remove");
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <Table
        label={t("team.members.title")}
        rows={members.slice(0, shown)}
        id={(member) => member.user_id}
        columns={[
          {
            name: t("team.members.person"),
            cell: (member) => (
              <span className="block min-w-0">
                <span className="flex flex-wrap items-center gap-x-2 font-medium max-sm:justify-end">
                  <span className="min-w-0 break-words">{member.name}</span>
                  {member.user_id === me && <Badge tone="accent">{t("team.members.you")}</Badge>}
                </span>
                <span className="block break-all text-quiet">{member.email}</span>
              </span>
            ),
          },
          { name: t("team.members.role"), cell: (member) => <MemberRole member={member} /> },
          { name: t("team.members.team"), cell: (member) => <MemberTeam member={member} /> },
          {
            name: t("team.members.joined"),
            cell: (member) => <span className="whitespace-nowrap text-quiet">{day(member.joined_at)}</span>,
          },
          ...(mayRemove
            ? [
                {
                  name: t("team.members.actions"),
                  cell: (member: Member) => <RemoveMember member={member} />,
                },
              ]
            : []),
        ]}
      />
      {members.length > shown && (
        <Button className="mt-3" onClick={() => setShown(shown + STEP)}>
          {t("team.more", { count: Math.min(STEP, members.length - shown) })}
        </Button>
      )}
    </>
  );
}

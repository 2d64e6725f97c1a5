import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { INPUT } from "@/design/Field";
import { Guard } from "@/design/Guard";
import { Card, Page } from "@/design/Layout";
import { Failure, Skeleton } from "@/design/States";
import { Invitations } from "@/features/team/Invitations";
import { Invite } from "@/features/team/Invite";
import { MemberList } from "@/features/team/MemberList";
import { useMembers } from "@/features/team/queries";
import { useT } from "@/i18n";

/** Who belongs to the organisation, and who is invited. */
export function Members() {
  const t = useT();
  return (
    <Guard permission="member:read" title={t("team.members.title")}>
      <People />
    </Guard>
  );
}

/** From so many people on one may search among them. */
const MANY = 8;

function People() {
  const t = useT();
  const members = useMembers();
  const mayInvite = useMay("invitation:create");
  const maySee = useMay("invitation:read");
  const [inviting, setInviting] = useState(false);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const found = members.data?.filter((member) =>
    `${member.name}\n${member.email}`.toLowerCase().includes(wanted),
  );
  return (
    <Page
      title={t("team.members.title")}
      description={t("team.members.about")}
      actions={
        mayInvite && (
          <Button kind="primary" onClick={() => setInviting(true)}>
            <UserPlus size={16} aria-hidden="true" />
            {t("team.invite.open")}
          </Button>
        )
      }
    >
      <div className="grid gap-4">
        <Card title={t("team.members.count", { count: members.data?.length ?? 0 })}>
          {members.data && members.data.length >= MANY && (
            <input
              type="search"
              aria-label={t("team.members.search")}
              placeholder={t("team.members.search")}
              className={`${INPUT} mb-3 max-w-sm`}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          )}
          {members.error ? (
            <Failure error={members.error} onRetry={() => members.refetch()} />
          ) : !found ? (
            <Skeleton className="h-32" />
          ) : found.length === 0 ? (
            <p className="py-6 text-center text-quiet">{t("team.members.noneFound", { search })}</p>
          ) : (
            <MemberList members={found} />
          )}
        </Card>
        {maySee && <Invitations />}
      </div>
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </Page>
  );
}

import { useState } from "react";
import { $api } from "@/api/client";
import type { Organisation } from "@/api/schema.gen";
import { Button } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Card } from "@/design/Layout";
import { useT } from "@/i18n";

/** Leaves the organisation. The session acts in its name, so one signs in again for another. */
export function Leave({ organisation }: { organisation: Organisation }) {
  const t = useT();
  const [sure, setSure] = useState(false);
  const leave = $api.useMutation("post", "/api/v1/organisations/{organisation_id}/leave", {
    onSuccess: () => location.assign("/login"),
    onError: () => setSure(false),
  });
  return (
    <Card title={t("team.organisation.leave")}>
      <p className="text-sm text-quiet">{t("team.organisation.leaveAbout")}</p>
      <Button kind="danger" className="mt-3" onClick={() => setSure(true)}>
        {t("team.organisation.leave")}
      </Button>
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={t("team.organisation.leaveSure", { name: organisation.name })}
        description={t("team.organisation.leaveHelp")}
        action={t("team.organisation.leave")}
        busy={leave.isPending}
        onConfirm={() => leave.mutate({ params: { path: { organisation_id: organisation.id } } })}
      />
    </Card>
  );
}

import { Link } from "@tanstack/react-router";
import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/design/Button";
import { Page } from "@/design/Layout";
import { Empty } from "@/design/States";
import { useT } from "@/i18n";
import { meaning } from "@/lib/permissions";

/** A page for those alone who have the permission; others are told so, and whom to ask. */
export function Guard({
  permission,
  title,
  children,
}: {
  permission: string;
  /** The page's name, for who may not see it. */
  title: string;
  children: ReactNode;
}) {
  const may = useMay(permission);
  const t = useT();
  if (may) return children;
  return (
    <Page title={title}>
      <Empty
        icon={<Lock size={28} aria-hidden="true" />}
        title={t("access.denied")}
        action={
          <Button asChild>
            <Link to="/create">{t("shell.create")}</Link>
          </Button>
        }
      >
        {t("access.deniedHelp", { allows: meaning(permission) })}
      </Empty>
    </Page>
  );
}

import { Link } from "@tanstack/react-router";
import { sentence } from "@/api/problem";
import { Button } from "@/design/Button";
import { Empty } from "@/design/States";
import { t } from "@/i18n";
import { useTitle } from "@/lib/title";

/** A page's code has failed. */
export function Failed({ error }: { error: unknown }) {
  return (
    <main>
      <Empty
        title={t("problem.page")}
        action={<Button onClick={() => location.reload()}>{t("action.retry")}</Button>}
      >
        {t("problem.pageHelp")} ({sentence(error)})
      </Empty>
    </main>
  );
}

/** Nobody lives here. */
export function Lost() {
  useTitle(t("problem.notFound"));
  return (
    <main>
      <Empty
        title={t("problem.notFound")}
        action={
          <Button asChild>
            <Link to="/create">{t("shell.create")}</Link>
          </Button>
        }
      >
        {t("problem.notFoundHelp")}
      </Empty>
    </main>
  );
}

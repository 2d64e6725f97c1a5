import { Outlet, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { t } from "@/i18n";
import { usePageTitle } from "@/lib/title";

/** Around every page: its name in the browser's tab, and said aloud when one goes to it. */
export function Root() {
  const { title, unseen } = usePageTitle();
  useEffect(() => {
    const name = title ? t("shell.titled", { title }) : t("shell.product");
    document.title = unseen > 0 ? `(${unseen}) ${name}` : name;
  }, [title, unseen]);
  return (
    <>
      <Outlet />
      <Announcer title={title} />
    </>
  );
}

/** Says where one has come to, and puts the focus there: a page that changes without a load tells nobody by itself. */
function Announcer({ title }: { title: string }) {
  const router = useRouter();
  const [moved, setMoved] = useState(false);
  useEffect(
    () =>
      router.subscribe("onResolved", ({ fromLocation, pathChanged }) => {
        if (!fromLocation || !pathChanged) return;
        setMoved(true);
        // Whoever put the focus into the page keeps it.
        const main = document.getElementById("content");
        if (
          main &&
          !main.contains(document.activeElement) &&
          !document.activeElement?.closest("[role=dialog]")
        )
          main.focus({ preventScroll: true });
      }),
    [router],
  );
  return (
    <p className="sr-only" aria-live="polite" aria-atomic="true">
      {moved ? title : ""}
    </p>
  );
}

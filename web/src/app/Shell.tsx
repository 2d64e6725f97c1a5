import { Outlet } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { followSignOut } from "@/api/leave";
import { useSession } from "@/api/session";
import { Bar } from "@/app/Bar";
import { ConnectionBanner } from "@/app/ConnectionBanner";
import { Finished } from "@/app/finished/Finished";
import { Nav } from "@/app/Nav";
import { Overlays } from "@/app/Overlays";
import { SignInAgain } from "@/app/SignInAgain";
import { useConnection } from "@/app/useConnection";
import { t } from "@/i18n";

/** Bars around the pages of who is signed in: above, and at the left or, on phones, below. */
export function Shell() {
  useConnection();
  useSamePerson();
  useEffect(followSignOut, []);
  return (
    <div className="min-h-dvh pt-(--bar-top) pb-(--bar-bottom) sm:pl-(--bar-side)">
      <a
        href="#content"
        className="sr-only z-50 rounded-control bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:left-2 focus:top-2"
      >
        {t("shell.skip")}
      </a>
      <Bar />
      <Nav />
      <main id="content" tabIndex={-1} className="outline-none">
        <ConnectionBanner />
        <Outlet />
      </main>
      <Finished />
      <Overlays />
      <SignInAgain />
    </div>
  );
}

/** Another tab may sign in as somebody else, or go over to another organisation: then nothing on this page is theirs. */
function useSamePerson() {
  const who = useSession(({ me }) => `${me?.id} ${me?.organisation_id}`);
  const first = useRef(who);
  useEffect(() => {
    if (who !== first.current) location.assign("/");
  }, [who]);
}

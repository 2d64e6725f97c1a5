import { useQueryClient } from "@tanstack/react-query";
import { Laptop, LogOut, Smartphone, Terminal } from "lucide-react";
import { useState } from "react";
import { $api, api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { SessionInfo } from "@/api/schema.gen";
import { useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Confirm } from "@/design/Dialog";
import { Badge, Page } from "@/design/Layout";
import { Moment } from "@/design/Moment";
import { Failure, Skeleton } from "@/design/States";
import { toast } from "@/design/Toaster";
import { deviceOf } from "@/features/account/device";
import { useT } from "@/i18n";

const KEY = ["get", "/api/v1/me/sessions"];
const PHONES = ["iPhone", "iPad", "Android"];

/** Where one is signed in. */
export function Sessions() {
  const t = useT();
  const [sure, setSure] = useState(false);
  const refresh = useRefresh();
  const list = usePages(KEY, (at, signal) =>
    api
      .GET("/api/v1/me/sessions", { params: { query: { ...at, limit: 100 } }, signal })
      .then(({ data }) => data),
  );
  const others = $api.useMutation("delete", "/api/v1/me/sessions", {
    onSuccess: async (answer) => {
      setSure(false);
      toast.success(t("account.sessions.endedOthers", { count: answer.revoked }));
      await refresh();
    },
  });
  // The one that asks first, then the latest used.
  const sessions = list.items?.toSorted(
    (a, b) => Number(b.current) - Number(a.current) || b.last_used_at.localeCompare(a.last_used_at),
  );
  return (
    <Page
      title={t("account.sessions.title")}
      description={t("account.sessions.about")}
      actions={
        sessions &&
        sessions.length > 1 && (
          <Button kind="danger" onClick={() => setSure(true)}>
            <LogOut size={16} aria-hidden="true" />
            {t("account.sessions.endOthers")}
          </Button>
        )
      }
    >
      {list.error ? (
        <Failure error={list.error} onRetry={() => list.refetch()} />
      ) : !sessions ? (
        <Skeleton className="h-24" />
      ) : (
        <ul
          aria-label={t("account.sessions.list")}
          className="divide-y divide-line rounded-card border border-line bg-surface"
        >
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} onEnded={refresh} />
          ))}
        </ul>
      )}
      <Confirm
        open={sure}
        onOpenChange={setSure}
        title={t("account.sessions.endOthersSure")}
        description={t("account.sessions.endOthersHelp")}
        action={t("account.sessions.endOthers")}
        busy={others.isPending}
        onConfirm={() => others.mutate({})}
      />
    </Page>
  );
}

const useRefresh = () => {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: KEY });
};

function SessionRow({ session, onEnded }: { session: SessionInfo; onEnded: () => Promise<void> }) {
  const t = useT();
  const organisation = useSession(({ me }) => me?.organisation_id);
  const end = $api.useMutation("delete", "/api/v1/me/sessions/{session_id}", {
    onSuccess: () => {
      toast.success(t("account.sessions.ended"));
      return onEnded();
    },
  });
  const { browser, system } = deviceOf(session.device);
  const name =
    browser && system
      ? t("account.sessions.on", { browser, system })
      : (browser ?? system ?? (session.device || t("account.sessions.unknown")));
  const Icon = PHONES.includes(system ?? "") ? Smartphone : system ? Laptop : Terminal;
  const means = session.means === "password" ? t("account.sessions.password") : session.means;
  return (
    <li className="flex items-center gap-3 p-4 sm:gap-4">
      <Icon size={22} className="shrink-0 text-quiet" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium" title={session.device}>
          {name}
          {session.current && <Badge tone="good">{t("account.sessions.current")}</Badge>}
          {session.organisation_id !== organisation && <Badge>{t("account.sessions.other")}</Badge>}
        </p>
        <dl className="mt-0.5 flex flex-wrap gap-x-4 text-sm max-sm:flex-col text-quiet">
          <Fact name={t("account.sessions.where")}>{session.address}</Fact>
          <Fact name={t("account.sessions.used")}>
            <Moment at={session.last_used_at} />
          </Fact>
          <Fact name={t("account.sessions.since")}>
            <Moment at={session.created_at} /> {t("account.sessions.means", { means })}
          </Fact>
        </dl>
      </div>
      {!session.current && (
        <Button
          size="sm"
          busy={end.isPending}
          aria-label={t("account.sessions.endNamed", { device: name })}
          onClick={() => end.mutate({ params: { path: { session_id: session.id } } })}
        >
          {t("account.sessions.end")}
        </Button>
      )}
    </li>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="whitespace-nowrap">{name}:</dt>
      <dd>{children}</dd>
    </div>
  );
}

import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api } from "@/api/client";
import { usePages } from "@/api/pages";
import type { ApiKeyInfo } from "@/api/schema.gen";
import { useMay, useSession } from "@/api/session";
import { Button } from "@/design/Button";
import { Choice } from "@/design/Choice";
import { Guard } from "@/design/Guard";
import { Page } from "@/design/Layout";
import { Empty, Failure, Skeleton } from "@/design/States";
import { KeyRow } from "@/features/account/KeyRow";
import { NewKey } from "@/features/account/NewKey";
import { KEYS } from "@/features/account/queries";
import { useT } from "@/i18n";

/** Keys for programs. */
export function Keys() {
  const t = useT();
  return (
    <Guard permission="api_key:read" title={t("account.keys.title")}>
      <List />
    </Guard>
  );
}

function List() {
  const t = useT();
  const me = useSession((session) => session.me);
  const mayMake = useMay("api_key:create");
  const manages = useMay("api_key:manage");
  const [whose, setWhose] = useState<"mine" | "everybody">("mine");
  const [making, setMaking] = useState(false);
  const user = whose === "mine" ? me?.id : undefined;
  const list = usePages([...KEYS, user ?? "all"], (at, signal) =>
    api
      .GET("/api/v1/api-keys", {
        params: { query: { ...at, ...(user ? { user_id: user } : {}), limit: 100 } },
        signal,
      })
      .then(({ data }) => data),
  );
  const make = mayMake && (
    <Button kind="primary" onClick={() => setMaking(true)}>
      <Plus size={16} aria-hidden="true" />
      {t("account.keys.make")}
    </Button>
  );
  return (
    <Page
      title={t("account.keys.title")}
      description={t("account.keys.about")}
      actions={list.items?.length ? make : undefined}
    >
      {manages && (
        <Choice
          label={t("account.keys.whose")}
          className="mb-4"
          value={whose}
          onChange={setWhose}
          options={[
            { value: "mine", label: t("account.keys.mine") },
            { value: "everybody", label: t("account.keys.everybody") },
          ]}
        />
      )}
      {list.error ? (
        <Failure error={list.error} onRetry={() => list.refetch()} />
      ) : !list.items ? (
        <Skeleton className="h-24" />
      ) : list.items.length === 0 ? (
        <Empty
          icon={<KeyRound size={28} aria-hidden="true" />}
          title={t("account.keys.none")}
          {...(make ? { action: make } : {})}
        >
          {t("account.keys.noneHelp")}
        </Empty>
      ) : (
        <ul
          aria-label={t("account.keys.list")}
          className="divide-y divide-line rounded-card border border-line bg-surface"
        >
          {list.items.map((key: ApiKeyInfo) => (
            <KeyRow key={key.id} of={key} showOwner={whose === "everybody"} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className="mt-4" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
          {t("action.more")}
        </Button>
      )}
      <NewKey open={making} onOpenChange={setMaking} />
    </Page>
  );
}

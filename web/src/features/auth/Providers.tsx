import { $api } from "@/api/client";
import { Button } from "@/design/Button";
import { t } from "@/i18n";

/** Ways to sign in through others, where this studio has some. Not a link of the router: the server sends on. */
export function Providers({ next }: { next?: string | undefined }) {
  const { data } = $api.useQuery("get", "/api/v1/auth/oauth/providers", undefined, { staleTime: 600_000 });
  if (!data?.items.length) return null;
  const back = `/login/oauth${next ? `?next=${encodeURIComponent(next)}` : ""}`;
  return (
    <div className="mt-5 border-t border-line pt-5">
      <ul className="flex flex-col gap-2" aria-label={t("auth.providers")}>
        {data.items.map(({ name, title }) => (
          <li key={name}>
            <Button asChild className="w-full">
              <a href={`/api/v1/auth/oauth/${name}/login?redirect_to=${encodeURIComponent(back)}`}>
                {t("auth.through", { name: title })}
              </a>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

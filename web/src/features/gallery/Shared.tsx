import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { Download, ImageOff } from "lucide-react";
import { useEffect } from "react";
import { api } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { Button } from "@/design/Button";
import { Empty, Failure, Skeleton } from "@/design/States";
import { useT } from "@/i18n";
import { moment } from "@/lib/moments";
import { useTitle } from "@/lib/title";
import { download } from "@/pictures/urls";

/** What somebody sees who was sent a link: the picture, and nothing else of the studio. */
export function Shared() {
  const t = useT();
  const { token = "" } = useParams({ strict: false });
  const shared = useQuery({
    queryKey: ["shared", token],
    queryFn: async () =>
      (await api.GET("/api/v1/shared/{token}", { params: { path: { token } } })).data ?? null,
  });
  const name = shared.data?.name || t("gallery.shared.title");
  useTitle(name);
  // The address is a secret of whoever has it: no search engine lists it.
  useEffect(() => {
    const robots = document.createElement("meta");
    robots.name = "robots";
    robots.content = "noindex";
    document.head.append(robots);
    return () => robots.remove();
  }, []);
  const picture = shared.data;
  return (
    <main id="content" tabIndex={-1} className="flex min-h-dvh flex-col gap-4 p-4 outline-none sm:p-6">
      {shared.isPending && <Skeleton className="mx-auto aspect-square w-[min(100%,70dvh)] rounded-card" />}
      {shared.error && <Gone error={shared.error} onRetry={() => void shared.refetch()} />}
      {picture && (
        <>
          <div className="grid min-h-0 flex-1 place-items-center">
            <img
              src={`${picture.url}?form=1024.webp`}
              srcSet={`${picture.url}?form=1024.webp 1024w, ${picture.url} ${Math.max(1025, picture.width)}w`}
              sizes="100vw"
              width={picture.width}
              height={picture.height}
              alt={name}
              className="h-auto rounded-card bg-hover object-contain"
              style={{
                aspectRatio: `${picture.width} / ${picture.height}`,
                // Small ones are enlarged, none goes over the window.
                width: `min(100%, max(${picture.width}px, 32rem), calc(80dvh * ${picture.width / (picture.height || 1)}))`,
              }}
            />
          </div>
          <div className="mx-auto flex w-full max-w-5xl flex-wrap items-center gap-x-4 gap-y-2">
            <div className="min-w-0 flex-1">
              <h1 className="truncate font-semibold">{name}</h1>
              <p className="text-sm text-quiet">
                {t("gallery.shared.size", { width: picture.width, height: picture.height })}
                {picture.expires_at &&
                  ` · ${t("gallery.shared.until", { moment: moment(picture.expires_at) })}`}
              </p>
            </div>
            <Button kind="primary" onClick={() => download(`${picture.url}?download=true`, picture.name)}>
              <Download size={17} aria-hidden="true" />
              {t("action.download")}
            </Button>
          </div>
        </>
      )}
    </main>
  );
}

function Gone({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useT();
  if (!(error instanceof ApiProblem && error.status === 404))
    return <Failure error={error} onRetry={onRetry} />;
  return (
    <div className="grid flex-1 place-items-center">
      <h1 className="sr-only">{t("gallery.shared.title")}</h1>
      <Empty icon={<ImageOff size={30} aria-hidden="true" />} title={t("gallery.shared.gone")}>
        {t("gallery.shared.goneHelp")}
      </Empty>
    </div>
  );
}

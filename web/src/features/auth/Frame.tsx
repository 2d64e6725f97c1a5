import type { ReactNode } from "react";
import { Mark } from "@/design/Mark";
import { t } from "@/i18n";
import { useTitle } from "@/lib/title";

/** Around the pages of who is not signed in. */
export function Frame({
  title,
  description,
  children,
  foot,
}: {
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  foot?: ReactNode;
}) {
  useTitle(title);
  return (
    <main className="grid min-h-dvh grid-cols-[minmax(0,24rem)] content-center justify-center px-4 py-8 wrap-anywhere">
      <div className="min-w-0">
        <div className="mb-6 flex items-center gap-2.5 text-lg font-semibold">
          <Mark size={28} />
          {t("shell.product")}
        </div>
        <div className="rounded-card border border-line bg-surface p-5 sm:p-6">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {description && <p className="mt-1.5 text-quiet">{description}</p>}
          <div className="mt-5">{children}</div>
        </div>
        {foot && <div className="mt-4 text-center text-sm text-quiet">{foot}</div>}
      </div>
    </main>
  );
}

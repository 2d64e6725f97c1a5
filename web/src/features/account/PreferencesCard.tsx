import { usePrefer, usePreferences } from "@/api/preferences";
import { Choice } from "@/design/Choice";
import { Card } from "@/design/Layout";
import { useT } from "@/i18n";
import { setTheme, useTheme } from "@/lib/theme";

/** How the studio looks and where it begins. */
export function PreferencesCard() {
  const t = useT();
  const theme = useTheme((state) => state.theme);
  const { mode = "simple" } = usePreferences();
  const prefer = usePrefer();
  return (
    <Card title={t("account.preferences.title")}>
      <div className="grid gap-4">
        <div>
          <p className="mb-1.5 text-sm font-medium">{t("account.preferences.theme")}</p>
          <Choice
            label={t("account.preferences.theme")}
            value={theme}
            onChange={setTheme}
            options={[
              { value: "dark", label: t("account.preferences.dark") },
              { value: "light", label: t("account.preferences.light") },
              { value: "system", label: t("account.preferences.system") },
            ]}
          />
          <p className="mt-1.5 text-sm text-quiet">{t("account.preferences.themeNote")}</p>
        </div>
        <div>
          <p className="mb-1.5 text-sm font-medium">{t("account.preferences.mode")}</p>
          <Choice
            label={t("account.preferences.mode")}
            value={mode}
            onChange={(next) => prefer.mutate({ mode: next })}
            options={[
              { value: "simple", label: t("account.preferences.simple") },
              { value: "advanced", label: t("account.preferences.advanced") },
            ]}
          />
          <p className="mt-1.5 text-sm text-quiet">{t("account.preferences.modeNote")}</p>
        </div>
      </div>
    </Card>
  );
}

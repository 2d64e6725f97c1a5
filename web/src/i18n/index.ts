import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { en } from "@/i18n/en";

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
  returnNull: false,
});

type Leaves<T, P extends string = ""> = {
  [K in keyof T & string]: T[K] extends string
    ? `${P}${K extends `${infer Base}_${"one" | "other"}` ? Base : K}`
    : Leaves<T[K], `${P}${K}.`>;
}[keyof T & string];
/** A name in the catalogue. */
export type Text = Leaves<typeof en>;

/** A string of the catalogue: `t("queue.position", { count: 2 })`. Unknown names are errors of the compiler. */
export const t = (name: Text, values?: Record<string, string | number>): string =>
  i18next.t(name, values ?? {});

/** `t`, for components: they are drawn again when the language changes. */
export function useT() {
  useTranslation();
  return t;
}

import { spaced } from "@/features/workflows/form/graph";
import { t } from "@/i18n";
import { workflows } from "@/i18n/en/workflows";

type Role = keyof typeof workflows.role;
const isRole = (role: string): role is Role => Object.hasOwn(workflows.role, role);

/** What a field is called: by its role, else by its input's name. */
export function labelOf(field: { role: string; of: string }): string {
  const name = isRole(field.role) ? t(`workflows.role.${field.role}`) : capital(spaced(field.role));
  return field.of ? t("workflows.form.of", { name, of: field.of }) : name;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

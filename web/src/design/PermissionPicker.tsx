import { Checkbox } from "@/design/Checkbox";
import { useT } from "@/i18n";
import { GROUPS, meaning, type Permission } from "@/lib/permissions";

/** Which permissions: those that one lacks oneself cannot be chosen. */
export function PermissionPicker({
  label,
  value,
  own,
  onChange,
}: {
  label: string;
  value: readonly string[];
  /** What one may do oneself. */
  own: readonly string[];
  onChange: (value: Permission[]) => void;
}) {
  const t = useT();
  const toggle = (permission: Permission, on: boolean) =>
    onChange([...value.filter((one) => one !== permission), ...(on ? [permission] : [])] as Permission[]);
  return (
    <fieldset className="min-w-0">
      <legend className="flex w-full items-center justify-between text-sm font-medium">
        {label}
        <span className="font-normal text-quiet">{t("access.chosen", { count: value.length })}</span>
      </legend>
      <div className="mt-2 grid gap-x-6 gap-y-4 sm:grid-cols-2">
        {GROUPS.map((group) => (
          <fieldset key={group.resource} className="min-w-0">
            <legend className="mb-1 text-xs font-medium uppercase tracking-wide text-quiet">
              {t(group.name)}
            </legend>
            {group.permissions.map((permission) => {
              const lacking = !own.includes(permission);
              return (
                <Checkbox
                  key={permission}
                  label={meaning(permission)}
                  {...(lacking ? { note: t("access.beyond") } : {})}
                  checked={value.includes(permission)}
                  disabled={lacking}
                  onChange={(on) => toggle(permission, on)}
                />
              );
            })}
          </fieldset>
        ))}
      </div>
    </fieldset>
  );
}

import { Check, ChevronsUpDown } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { $api } from "@/api/client";
import { switchTo } from "@/api/leave";
import { sentence } from "@/api/problem";
import { useSession } from "@/api/session";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";
import { roleName } from "@/lib/roles";

/** In whose name one works; others that one belongs to can be gone to. */
export function Organisations() {
  const me = useSession((session) => session.me);
  const [open, setOpen] = useState(false);
  const { data, isPending } = $api.useQuery("get", "/api/v1/organisations", undefined, { enabled: open });
  if (!me) return null;
  async function go(id: string) {
    if (id === me?.organisation_id) return;
    try {
      await switchTo(id);
    } catch (error) {
      toast.error(sentence(error));
    }
  }
  return (
    <DropdownMenu.Root open={open} onOpenChange={setOpen}>
      <DropdownMenu.Trigger
        aria-label={t("shell.organisation", { name: me.organisation_name })}
        className="flex h-9 min-w-0 max-w-56 items-center gap-1.5 rounded-control px-2 text-sm font-medium hover:bg-hover max-sm:max-w-9"
      >
        <span className="truncate max-sm:hidden">{me.organisation_name}</span>
        <ChevronsUpDown size={15} className="shrink-0 text-quiet" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[70dvh] w-72 max-w-[92vw] overflow-y-auto rounded-control border border-line bg-raised p-1 shadow-xl"
        >
          <DropdownMenu.Label className="px-2.5 py-1.5 text-xs text-quiet">
            {t("shell.organisations")}
          </DropdownMenu.Label>
          {isPending && (
            <DropdownMenu.Item disabled className={`${ITEM} text-quiet`}>
              {me.organisation_name}
            </DropdownMenu.Item>
          )}
          <DropdownMenu.RadioGroup value={me.organisation_id} onValueChange={(id) => void go(id)}>
            {data?.items.map(({ id, name, role }) => (
              <DropdownMenu.RadioItem key={id} value={id} className={ITEM}>
                <span className="w-4 shrink-0">
                  <DropdownMenu.ItemIndicator>
                    <Check size={15} aria-hidden="true" />
                  </DropdownMenu.ItemIndicator>
                </span>
                <span className="min-w-0">
                  <span className="block truncate">{name}</span>
                  <span className="block text-xs text-quiet">{roleName(role)}</span>
                </span>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          {data?.items.length === 1 && (
            <p className="px-2.5 py-2 text-xs text-quiet">{t("shell.organisationsOne")}</p>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const ITEM =
  "flex min-h-10 cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 outline-none data-[highlighted]:bg-hover";

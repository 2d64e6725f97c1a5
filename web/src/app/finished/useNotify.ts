import { usePrefer, usePreferences } from "@/api/preferences";
import { allowed, ask, supported } from "@/app/finished/system";
import { toast } from "@/design/Toaster";
import { t } from "@/i18n";

/** The switch for messages of the system: on where it was chosen and the browser lets the page. */
export function useNotify(): { supported: boolean; on: boolean; turn: (on: boolean) => Promise<void> } {
  const { notify = false } = usePreferences();
  const prefer = usePrefer();
  return {
    supported: supported(),
    on: notify && allowed(),
    turn: async (on) => {
      if (on && !(await ask())) return void toast.error(t("shell.notify.refused"));
      prefer.mutate({ notify: on });
    },
  };
}

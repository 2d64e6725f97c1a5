/** Messages of the system, beside the page's own: for who looks elsewhere. */

export const supported = (): boolean => "Notification" in window;

/** Has the browser been told that this page may? */
export const allowed = (): boolean => supported() && Notification.permission === "granted";

/** Asks the browser's question, which it puts once; what was refused can be changed in the browser alone. */
export async function ask(): Promise<boolean> {
  return supported() && (await Notification.requestPermission()) === "granted";
}

/** Shows one; another with the same tag takes its place, so that two tabs tell once. */
export function notify(message: {
  title: string;
  body: string;
  icon?: string;
  tag: string;
  open: () => void;
}) {
  const { title, open, ...rest } = message;
  try {
    const shown = new Notification(title, rest);
    shown.onclick = () => {
      window.focus();
      shown.close();
      open();
    };
  } catch {
    // Chrome on Android lets only service workers do this.
  }
}

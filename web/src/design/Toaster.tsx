import { Toaster as Sonner, toast } from "sonner";

export { toast };

/** Where short messages come up: out of the way of fingers and of the button that was pressed. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-center"
      mobileOffset={{ bottom: 80 }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-[min(26rem,92vw)] items-center gap-3 rounded-control border border-line bg-raised px-4 py-3 text-sm text-ink shadow-xl",
          error: "border-bad/50!",
          actionButton: "ml-auto shrink-0 rounded-md bg-accent-soft px-3 py-1.5 font-medium text-accent-ink",
        },
      }}
    />
  );
}

import { useMutation } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { ApiProblem } from "@/api/problem";
import type { BrowserSession } from "@/api/schema.gen";
import { takeSession } from "@/api/session";
import { takeWay } from "@/features/auth/wayBack";
import { ownPath } from "@/lib/ownPath";

/** A way to sign in: sends what was typed, takes the session over, and goes on to `next`.
 *
 * `errors` are those of fields, `failure` what is wrong otherwise. */
export function useSignIn<T>(
  ask: (typed: T) => Promise<{ data?: BrowserSession | undefined }>,
  next: string | undefined,
) {
  const router = useRouter();
  const mutation = useMutation({
    meta: { quiet: true },
    mutationFn: async (typed: T) => takeSession((await ask(typed)).data),
    onSuccess: (me) => me && router.history.push(ownPath(takeWay() ?? next)),
  });
  const errors = mutation.error instanceof ApiProblem ? mutation.error.fields : {};
  const failure = Object.keys(errors).length > 0 ? null : mutation.error;
  return { ...mutation, errors, failure };
}

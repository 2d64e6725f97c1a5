import { MutationCache, QueryClient } from "@tanstack/react-query";
import { ApiProblem, sentence } from "@/api/problem";
import { toast } from "@/design/Toaster";
import { onAnother } from "@/lib/owner";

/** A refusal does not get better by asking again; no answer, or a busy server, does. */
const passing = (error: unknown) =>
  error instanceof ApiProblem && (error.status === 0 || error.status >= 500);

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (count, error) => passing(error) && count < 3,
      refetchOnWindowFocus: true,
    },
    // Without a network a press says so at once, instead of happening some time later.
    mutations: { retry: false, networkMode: "always" },
  },
  // Whoever shows an error where it belongs says so: meta: { quiet: true }.
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      if (!mutation.meta?.quiet) toast.error(sentence(error));
    },
  }),
});

// Queries carry no person in their keys. What goes on while somebody signs in says so: meta: { anyone: true }.
onAnother(() => {
  queryClient.removeQueries({ predicate: ({ meta }) => !meta?.anyone });
  queryClient.getMutationCache().clear();
});

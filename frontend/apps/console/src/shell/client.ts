// The cache of what the server said, and the one place where a lost session is noticed.
import { asProblem } from "@enishi/api/client.ts";
import { QueryCache, QueryClient } from "@tanstack/react-query";

type Lost = (code: string) => void;
let onSessionLost: Lost = () => undefined;

/** Says what to do when any request finds the session missing or over. */
export function whenSessionIsLost(handle: Lost): void {
  onSessionLost = handle;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      const problem = asProblem(error);
      if (problem.unauthenticated) onSessionLost(problem.code);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // A refusal stays a refusal; only silence and the server's own failures are worth another try.
      retry: (failures, error) => {
        const { status } = asProblem(error);
        return failures < 2 && (status === 0 || status >= 500);
      },
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
  },
});

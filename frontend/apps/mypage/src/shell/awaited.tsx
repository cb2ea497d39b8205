/** Content that comes from the server: bones while it is on its way, words when it can not come, then itself. */
import type { ReactElement, ReactNode } from "react";
import { Bones, Failure, Nothing } from "./states.tsx";
import type { Word } from "./words.ts";

interface AwaitedProps<T> {
  query: { data: T | undefined; error: unknown; isPaused: boolean; refetch: () => unknown };
  /** What could not be loaded, should it fail. */
  failed: Word;
  /** What stands there until it comes; by default a few bars. */
  bones?: ReactElement;
  children: (data: T) => ReactNode;
}

export function Awaited<T>({ query, failed, bones, children }: AwaitedProps<T>): ReactElement {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error !== null) return <Failure title={failed} error={query.error} onRetry={() => void query.refetch()} />;
  // The library holds requests back while the phone is offline, and sends them when it is not.
  if (query.isPaused) return <Nothing icon="offline" text="offline.waiting" />;
  return bones ?? <Bones rows={4} />;
}

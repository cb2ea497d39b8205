// The last search, kept in this page's memory so that going back shows it again. It is personal data: it never becomes
// part of an address, and it is gone when the page is closed or the operator signs out.

type Listener = () => void;

function createMemory() {
  let query = "";
  const listeners = new Set<Listener>();
  return {
    read: (): string => query,
    write: (next: string): void => {
      query = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener: Listener): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const searchMemory = createMemory();

/** Who listens to what within this process. */
export interface Listeners {
  /** Calls everybody who listens to the topic. */
  ring(topic: string): void;
  /** See `Notifier.listen`. */
  listen(topic: string, listener: () => void): () => void;
  topics(): readonly string[];
  clear(): void;
}

export function createListeners(): Listeners {
  const listeners = new Map<string, Set<() => void>>();
  return {
    ring(topic) {
      for (const listener of listeners.get(topic) ?? []) listener();
    },
    listen(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set);
      // A function of its own, so that one listener registered twice is two.
      const own = () => listener();
      set.add(own);
      return () => {
        set.delete(own);
        if (set.size === 0 && listeners.get(topic) === set) listeners.delete(topic);
      };
    },
    topics: () => [...listeners.keys()],
    clear: () => listeners.clear(),
  };
}

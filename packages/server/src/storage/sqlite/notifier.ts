import type { Notifier, Topic } from '../../ports/index.ts';

/** The bell of one process: whoever listens is called before `notify` returns. */
export function createLocalNotifier(): Notifier {
  const listeners = new Map<Topic, Set<() => void>>();
  return {
    notify(topic) {
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
    async close() {
      listeners.clear();
    },
  };
}

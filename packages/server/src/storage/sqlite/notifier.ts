import type { Notifier } from '../../ports/index.ts';
import { createListeners } from '../listeners.ts';

/** The bell of one process: whoever listens is called before `notify` returns. */
export function createLocalNotifier(): Notifier {
  const listeners = createListeners();
  return {
    notify: listeners.ring,
    listen: listeners.listen,
    close: async () => listeners.clear(),
  };
}

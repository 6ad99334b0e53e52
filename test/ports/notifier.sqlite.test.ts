import { createLocalNotifier } from '../../packages/server/src/storage/sqlite/notifier.ts';
import { notifierSuite } from './notifier.suite.ts';

notifierSuite({
  name: 'one process',
  async open() {
    const notifier = createLocalNotifier();
    return { here: notifier, there: notifier, close: () => notifier.close() };
  },
});

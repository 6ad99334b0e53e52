import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Notifier } from '../../packages/server/src/ports/index.ts';

/** An adapter under test. `open` gives a bell, and a second one that hears the first: itself, where there is only one node. */
export interface NotifierUnderTest {
  readonly name: string;
  open(): Promise<{ here: Notifier; there: Notifier; close(): Promise<void> }>;
}

/** The contract of `Notifier`, run on every adapter. */
export function notifierSuite({ name, open }: NotifierUnderTest): void {
  describe(`Notifier on ${name}`, () => {
    let here: Notifier;
    let there: Notifier;
    let close: () => Promise<void>;
    beforeEach(async () => {
      ({ here, there, close } = await open());
    });
    afterEach(() => close());

    test('rings for those who listen to the topic, here and there, and for nobody else', async () => {
      const heard: string[] = [];
      here.listen('run:1', () => heard.push('here'));
      there.listen('run:1', () => heard.push('there'));
      there.listen('run:2', () => heard.push('wrong'));
      here.notify('run:1');
      await expect.poll(() => heard.sort()).toEqual(['here', 'there']);
    });

    test('calls a listener as often as it was registered, until it is taken away', async () => {
      let heard = 0;
      const listener = () => {
        heard += 1;
      };
      const stopOne = there.listen('queue', listener);
      const stopTwo = there.listen('queue', listener);
      here.notify('queue');
      await expect.poll(() => heard).toBe(2);
      stopOne();
      here.notify('queue');
      await expect.poll(() => heard).toBe(3);
      stopTwo();
      stopTwo();
      let last = false;
      there.listen('run:last', () => {
        last = true;
      });
      here.notify('queue');
      here.notify('run:last');
      await expect.poll(() => last).toBe(true);
      expect(heard).toBe(3);
    });

    test('rings for many topics of one turn', async () => {
      const heard = new Set<number>();
      for (let n = 0; n < 1000; n += 1) there.listen(`run:${n}`, () => heard.add(n));
      for (let n = 0; n < 1000; n += 1) here.notify(`run:${n}`);
      await expect.poll(() => heard.size).toBe(1000);
    });

    test('is quiet after it was closed', async () => {
      let heard = 0;
      here.listen('queue', () => {
        heard += 1;
      });
      await here.close();
      here.notify('queue');
      expect(heard).toBe(0);
    });
  });
}

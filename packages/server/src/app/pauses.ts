import type { Store } from '../ports/index.ts';

/** Which channels are paused. Kept in the store, so that it holds on every node and after a restart. */
export interface Pauses {
  isPaused(channel: string): Promise<boolean>;
  set(channel: string, paused: boolean): Promise<void>;
}

/** One setting for each channel, so that two of them can be paused at the same moment. */
const KEY = (channel: string) => `paused:${channel}`;
/** Another node hears of a pause within this time. */
const MAX_AGE_MS = 500;

export function createPauses(store: Pick<Store, 'readSetting' | 'writeSetting'>, clock: { now(): number }): Pauses {
  const known = new Map<string, { readonly paused: Promise<boolean>; readonly readAt: number }>();

  const read = (channel: string): Promise<boolean> => {
    const paused = store.readSetting(KEY(channel)).then((value) => value === true);
    known.set(channel, { paused, readAt: clock.now() });
    paused.catch(() => known.delete(channel));
    return paused;
  };

  return {
    isPaused(channel) {
      const entry = known.get(channel);
      return entry && clock.now() - entry.readAt < MAX_AGE_MS ? entry.paused : read(channel);
    },
    async set(channel, paused) {
      await store.writeSetting(KEY(channel), paused);
      await read(channel);
    },
  };
}

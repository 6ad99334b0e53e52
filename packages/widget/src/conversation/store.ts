import type { Entry, State } from './state.ts';

/** Calls back soon, once. Gives back what prevents it. */
export type Schedule = (run: () => void) => () => void;

/** Before the next picture where the page is seen; hidden pages draw none, so there after 100 ms. */
export const frameSchedule: Schedule = (run) => {
  if (globalThis.document?.visibilityState === 'visible') {
    const frame = requestAnimationFrame(run);
    return () => cancelAnimationFrame(frame);
  }
  const timer = setTimeout(run, 100);
  return () => clearTimeout(timer);
};

/** The state of one chat. Changing an entry costs the same however many there are; they become a new list when somebody looks. */
export interface StateStore {
  readonly state: State;
  change(change: Partial<State>): void;
  /** Adds the entry, or puts it in place of the one with its key. `after`: key of the entry to stand behind, else it is the last. */
  put(entry: Entry, after?: string): void;
  remove(key: string): void;
  find(key: string): Entry | undefined;
  subscribe(listener: (state: State) => void): () => void;
  destroy(): void;
}

export function createStore(initial: State, schedule: Schedule): StateStore {
  const listeners = new Set<(state: State) => void>();
  const changed = new Map<string, Entry>();
  let state = initial;
  let places = new Map<string, number>();
  let cancel: (() => void) | undefined;
  let destroyed = false;

  const index = () => {
    places = new Map(state.entries.map(({ key }, place) => [key, place]));
  };
  const current = (): State => {
    if (changed.size > 0) {
      const entries = [...state.entries];
      for (const [key, entry] of changed) entries[places.get(key) as number] = entry;
      changed.clear();
      state = { ...state, entries };
    }
    return state;
  };
  const tell = () => {
    if (cancel || destroyed) return;
    cancel = schedule(() => {
      cancel = undefined;
      for (const listener of [...listeners]) listener(current());
    });
  };

  return {
    get state() {
      return current();
    },
    change(change) {
      const names = Object.keys(change) as (keyof State)[];
      if (names.every((name) => state[name] === change[name])) return;
      state = { ...state, ...change };
      if (change.entries) {
        changed.clear();
        index();
      }
      tell();
    },
    put(entry, after) {
      if (places.has(entry.key)) {
        changed.set(entry.key, entry);
      } else {
        const entries = [...current().entries];
        const place = after === undefined ? -1 : (places.get(after) ?? -1);
        if (place < 0) entries.push(entry);
        else entries.splice(place + 1, 0, entry);
        state = { ...state, entries };
        index();
      }
      tell();
    },
    remove(key) {
      if (!places.has(key)) return;
      state = { ...current(), entries: current().entries.filter((entry) => entry.key !== key) };
      index();
      tell();
    },
    find: (key) => changed.get(key) ?? state.entries[places.get(key) ?? -1],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    destroy() {
      destroyed = true;
      cancel?.();
      listeners.clear();
    },
  };
}

/** What happens to a tab in a room. */
export interface RoomEvents<M> {
  /** This tab leads from now on: it alone talks with the server for the room. */
  onLead(): void;
  /** Another tab of the room said something. */
  onHear(message: M): void;
}

/** A tab's seat in a room: one conversation, seen in any number of tabs. */
export interface Seat<M> {
  readonly leads: boolean;
  /** Tells all other tabs of the room. */
  tell(message: M): void;
  /** Hands the lead on, if this tab has it. */
  leave(): void;
}

/** The tabs of one chat on one origin. */
export interface Tabs<M> {
  join(room: string, events: RoomEvents<M>): Seat<M>;
  /** Runs `act` if no tab is in the room, and keeps the room until it is done. */
  alone(room: string, act: () => Promise<void>): Promise<void>;
}

/** What is needed of `LockManager`. */
export interface Locks {
  request(
    name: string,
    options: { signal?: AbortSignal; ifAvailable?: boolean },
    act: (lock: unknown) => Promise<void>,
  ): Promise<unknown>;
}

/** What is needed of `BroadcastChannel`. */
export interface Channel {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: MessageEvent) => unknown) | null;
}

export interface TabsOptions {
  /** Begins the names of locks and channels: tabs with the same see each other. */
  readonly name: string;
  /** Default: the browser's, where it has them (locks need https or localhost). */
  readonly locks?: Locks | undefined;
  readonly channel?: ((name: string) => Channel) | undefined;
}

/** Without locks or channels each tab leads its own room and hears nobody. */
export function createTabs<M>(options: TabsOptions): Tabs<M> {
  const { name } = options;
  const locks = 'locks' in options ? options.locks : (globalThis.navigator?.locks as Locks | undefined);
  const open = 'channel' in options ? options.channel : browserChannel();
  if (!locks || !open) return { join: (_, events) => lonely(events), alone: (_, act) => act() };

  return {
    join(room, { onLead, onHear }) {
      const channel = open(`${name}:${room}`);
      const left = new AbortController();
      let leads = false;
      let release = () => {};
      channel.onmessage = ({ data }) => onHear(data as M);
      const lead = () =>
        new Promise<void>((resolve) => {
          if (left.signal.aborted) return resolve();
          release = resolve;
          leads = true;
          onLead();
        });
      // Refused where a page has no origin of its own (a sandboxed frame): there it is alone.
      locks.request(`${name}:${room}`, { signal: left.signal }, lead).catch(() => void lead());
      return {
        get leads() {
          return leads;
        },
        tell(message) {
          try {
            if (!left.signal.aborted) channel.postMessage(message);
          } catch (error) {
            console.warn('[Clew] What the page put into a message cannot be shown in other tabs.', error);
          }
        },
        leave() {
          leads = false;
          left.abort();
          channel.onmessage = null;
          channel.close();
          release();
        },
      };
    },
    async alone(room, act) {
      let asked = false;
      const once = async (lock: unknown) => {
        asked = true;
        if (lock) await act();
      };
      await locks.request(`${name}:${room}`, { ifAvailable: true }, once).catch((error) => {
        if (asked) throw error;
        return act();
      });
    },
  };
}

function lonely<M>({ onLead }: RoomEvents<M>): Seat<M> {
  let leads = true;
  queueMicrotask(() => leads && onLead());
  return {
    get leads() {
      return leads;
    },
    tell() {},
    leave() {
      leads = false;
    },
  };
}

function browserChannel(): ((name: string) => Channel) | undefined {
  return typeof BroadcastChannel === 'function' ? (name) => new BroadcastChannel(name) : undefined;
}

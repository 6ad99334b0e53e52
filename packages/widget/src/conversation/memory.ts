/** Where a thread is remembered: `sessionStorage`, or what stands in for it. */
export type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** What one tab remembers of one chat over a reload: the room it was in. */
export interface Memory {
  /** Id of a thread, or `new:…` for a conversation whose first message is not sent yet. */
  room(): string | undefined;
  remember(room: string | undefined): void;
}

export function createMemory(drawer: Drawer | undefined, key: string): Memory {
  // Browsers refuse storage by throwing, each call anew; then nothing is remembered.
  const attempt = <T>(act: () => T): T | undefined => {
    try {
      return act();
    } catch {
      return undefined;
    }
  };
  return {
    room: () => attempt(() => drawer?.getItem(key) ?? undefined),
    remember(room) {
      attempt(() => (room === undefined ? drawer?.removeItem(key) : drawer?.setItem(key, room)));
    },
  };
}

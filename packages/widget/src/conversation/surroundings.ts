import { newUuid } from '@clew/wire/client';
import type { ChatOptions } from '../config/options.ts';
import { indexedOutbox } from '../outbox/indexed.ts';
import { memoryOutbox, type Outbox } from '../outbox/outbox.ts';
import { createTabs, type Tabs } from '../tabs/tabs.ts';
import { createMemory, type Drawer, type Memory } from './memory.ts';
import { browserNetwork, type Network } from './network.ts';
import { frameSchedule, type Schedule } from './store.ts';
import type { Talk } from './talk.ts';

/** What stands in for the browser's own. */
export interface Stand {
  readonly newId?: () => string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly later?: (run: () => void, ms: number) => () => void;
  readonly schedule?: Schedule;
  readonly network?: Network;
  readonly outbox?: Outbox;
  readonly tabs?: Tabs<Talk>;
  /** Where the room is remembered; `undefined`: nowhere. */
  readonly drawer?: Drawer | undefined;
}

export interface Surroundings {
  readonly newId: () => string;
  /** Later at every call, so that what was said first is first. */
  readonly now: () => number;
  readonly later: (run: () => void, ms: number) => () => void;
  readonly schedule: Schedule;
  readonly network: Network;
  readonly outbox: Outbox;
  readonly tabs: Tabs<Talk>;
  readonly memory: Memory;
}

/** What a chat finds around it. Chats with the same server and agent share an outbox and know each other's tabs. */
export function surroundingsOf(
  stand: Stand,
  { hostUrl, agentId, rememberThread }: Pick<ChatOptions, 'hostUrl' | 'agentId' | 'rememberThread'>,
): Surroundings {
  const name = `clew:${hostUrl}:${agentId ?? ''}`;
  const drawer = 'drawer' in stand ? stand.drawer : drawerOfPage();
  const clock = stand.now ?? Date.now;
  let last = 0;
  return {
    newId: stand.newId ?? newUuid,
    now() {
      last = Math.max(clock(), last + 1);
      return last;
    },
    later: stand.later ?? timer,
    schedule: stand.schedule ?? frameSchedule,
    network: stand.network ?? browserNetwork,
    outbox: stand.outbox ?? (rememberThread ? indexedOutbox(name) : memoryOutbox()),
    tabs: stand.tabs ?? createTabs<Talk>({ name }),
    memory: createMemory(rememberThread ? drawer : undefined, name),
  };
}

/** Reading the property throws where storage is blocked. */
function drawerOfPage(): Drawer | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}

function timer(run: () => void, ms: number): () => void {
  const id = setTimeout(run, ms);
  return () => clearTimeout(id);
}

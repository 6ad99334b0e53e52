import type { Frame } from '@clew/wire/client';
import type { Row } from '../outbox/outbox.ts';
import type { Question, Reply } from './state.ts';

/** What the tabs of a room tell each other. Everything can be cloned. */
export type Talk =
  /** Somebody said something; the tab that leads sends it. */
  | { readonly type: 'asked'; readonly row: Row; readonly question: Question | undefined }
  /** A frame, and the one that came before it: who lacks that greets. */
  | { readonly type: 'frame'; readonly key: string; readonly before: string | undefined; readonly frame: Frame }
  /** How a reply stands. Without `reply`: there is none, the question waits. */
  | ({ readonly type: 'turn' } & TurnNews)
  /** A tab came, or missed something: what it knows of the newest turn. */
  | ({ readonly type: 'hello' } & Greeting)
  /** Stop the run as soon as its id is known. */
  | { readonly type: 'stop' }
  /** Try the reply with this key again. */
  | { readonly type: 'again'; readonly key: string }
  /** The `message_state` of a message was changed. */
  | { readonly type: 'state'; readonly messageId: string; readonly state: Readonly<Record<string, unknown>> };

export interface TurnNews {
  readonly key: string;
  readonly question: Question | undefined;
  readonly reply: Reply | undefined;
  readonly cursor: string | undefined;
}

export interface Greeting {
  readonly key: string | undefined;
  readonly question: Question | undefined;
  readonly runId: string | undefined;
  readonly cursor: string | undefined;
  /** The reply is not complete. */
  readonly open: boolean;
}

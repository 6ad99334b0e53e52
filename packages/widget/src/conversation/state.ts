import type { Agent, ContentItem, StarterSettings } from '@clew/wire/client';
import type { Answer } from '../transcript/answer.ts';

/** What the reader said. */
export interface Question {
  readonly kind: 'question';
  /** Id of the message; also the key under which it is sent at most once. */
  readonly key: string;
  /** What the bubble shows (`display_text`, else the content). */
  readonly text: string;
  /** Names of files sent with it. */
  readonly files: readonly string[];
  /** The `form_operation` item with which it answered a form, where it was read from the server. */
  readonly form?: ContentItem | undefined;
  /** `waiting`: in the outbox, as there is no connection. `failed`: the server refused it; the reply says why. */
  readonly delivery: 'sending' | 'waiting' | 'sent' | 'failed';
  /** When it was said, milliseconds since 1970. */
  readonly at: number;
}

/** What became of it. */
export interface Reply {
  readonly kind: 'reply';
  readonly key: string;
  /** Display name of the agent. */
  readonly agent: string;
  readonly answer: Answer;
  readonly at: number;
}

export type Entry = Question | Reply;

/** The starter screen: the agent's settings with what the page changed by `updateWelcomeScreen`. */
export interface Welcome {
  readonly message: string;
  readonly description: string;
  readonly prompts: readonly {
    readonly id: string;
    readonly title: string;
    readonly subtitle: string;
    readonly prompt: string;
  }[];
  readonly showTimestamp: boolean;
}

/** Why the chat cannot be used. */
export interface Trouble {
  /** `config`: the page's configuration is wrong · `agent`: no such agent · `auth`: the server wants a token that nobody gives · `unreachable` · `refused`. */
  readonly kind: 'config' | 'agent' | 'auth' | 'unreachable' | 'refused';
  /** A sentence for people. */
  readonly message: string;
}

/** Everything the view shows of a conversation. A new object after every change; parts that did not change keep their identity. */
export interface State {
  /** The agent that gets the next message. */
  readonly agent: Agent | undefined;
  /** All agents the reader may choose from (not hidden), for pages of our own. */
  readonly agents: readonly Agent[];
  readonly starters: StarterSettings | undefined;
  readonly welcome: Welcome | undefined;
  readonly threadId: string | undefined;
  readonly entries: readonly Entry[];
  /** An answer is on its way. */
  readonly busy: boolean;
  /** The thread or the agent is being read. */
  readonly loading: boolean;
  readonly trouble: Trouble | undefined;
  /** `offline`: the browser says so · `reconnecting`: a stream broke and is being opened again. */
  readonly connection: 'online' | 'offline' | 'reconnecting';
}

import type { ContentItem } from '@clew/wire/client';

/** What a run is started with; a handler of `pre:send` may change any of it before it leaves. */
export interface OutgoingMessage {
  message: {
    /** UUID: the message's id and the key under which it is sent at most once. Not to be changed. */
    id: string;
    role: 'user';
    content: string | ContentItem[];
    /** `display_text` is what the reader sees in place of the content. */
    message_state?: { input?: { display_text?: string } };
    [member: string]: unknown;
  };
  context?: Record<string, unknown>;
  thread_id?: string;
  agent_id?: string;
  environment_id?: string;
  additional_properties?: Record<string, unknown>;
  [member: string]: unknown;
}

/** An answer of an agent on its way to the reader. */
export interface IncomingMessage {
  id: string;
  content: ContentItem[];
  message_state: Record<string, unknown> | null;
  [member: string]: unknown;
}

/** A message of a thread that is being shown. */
export interface ThreadMessage {
  messageId: string;
  /** The same, as older pages read it. */
  id: string;
  sender: 'user' | 'response';
  content: ContentItem[];
  message_state: Record<string, unknown> | null;
  [member: string]: unknown;
}

/** Which parts of the chat are shown. */
export interface ViewState {
  readonly launcher: boolean;
  readonly mainWindow: boolean;
}

export type ViewChangeReason = 'launcherClicked' | 'chatLoaded' | 'calledChangeView' | 'mainWindowMinimized';
export type RestartReason = 'restart_button' | 'new_chat_button' | 'instance_method';

/** The members of every event beside `type`, as the Orchestrate web chat documents them (its pages `webchat/events/*`). */
export interface EventData {
  'chat:ready': object;
  'pre:send': { message: OutgoingMessage };
  send: { message: OutgoingMessage };
  /** `delta.content = []` keeps the piece from the reader. */
  'pre:stream:delta': {
    messageId: string | undefined;
    threadId: string;
    runId: string;
    delta: { role: 'assistant'; content: ContentItem[] };
  };
  /** `saveUpdate = true` stores the changed content with the message. */
  'pre:receive': { message: IncomingMessage; saveUpdate?: boolean };
  receive: { message: IncomingMessage };
  /** Ids in `messageIdsForUpdate` are stored with their changed content. */
  'pre:threadLoaded': { messages: ThreadMessage[]; messageIdsForUpdate?: string[] };
  'pre:restartConversation': { interactionType: RestartReason };
  restartConversation: { interactionType: RestartReason };
  'view:pre:change': { reason: ViewChangeReason; oldViewState: ViewState; newViewState: ViewState };
  'view:change': { reason: ViewChangeReason; oldViewState: ViewState; newViewState: ViewState };
  userDefinedResponse: { contentItem: ContentItem; message: IncomingMessage; hostElement: HTMLElement };
  customEvent: { customEventType: string; item: ContentItem; message: IncomingMessage };
  feedback: {
    messageItem: ContentItem;
    message: IncomingMessage;
    isPositive: boolean;
    interactionType: 'button' | 'details';
    text?: string;
    categories?: string[];
  };
  /** A handler sets `authToken` to a fresh one. */
  authTokenNeeded: { authToken: string | null };
}

export type EventName = keyof EventData;

/** An event as a handler gets it. */
export type EventOf<N extends EventName> = { type: N } & EventData[N];

/** Older names of events, still taken. */
export const EVENT_ALIASES: Readonly<Record<string, EventName>> = { identityTokenExpired: 'authTokenNeeded' };

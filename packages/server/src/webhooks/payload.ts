import { type JsonObject, type Message, type Run, type Scope, textOf, visibleError } from '../model/index.ts';
import type { Delivery, Store } from '../ports/index.ts';
import type { Subscriber } from './subscriber.ts';

/** Under which name a run keeps its channel among its options. */
const CHANNEL_OPTION = 'channel';
/** Longest text of a message, in UTF-16 code units. */
const LONGEST_TEXT = 32_000;

/** What is read for a payload. */
export type PayloadStore = Pick<Store, 'readRun' | 'listRunMessages' | 'findMessage'>;

/** The channel that a run came in by; null: none. */
export function channelOf({ options }: Pick<Run, 'options'>): string | null {
  const channel = options[CHANNEL_OPTION];
  return typeof channel === 'string' ? channel : null;
}

/** Who reads runs in order to tell of them. */
export function teller(tenantId: string): Scope {
  return { tenantId, userId: '00000000-0000-0000-0000-000000000000', userName: 'webhooks', audience: 'operator' };
}

/**
 * What a subscriber is told, as it stands now: `{type, timestamp, data}`. Ids, times and codes; texts and names of people only where the subscriber asked for them, and
 * never more than a visitor would see. Rejects with `run_not_found` or `message_not_found` when it was deleted in the meantime.
 */
export async function payloadOf(
  { type, tenantId, runId, messageId, at }: Pick<Delivery, 'type' | 'tenantId' | 'runId' | 'messageId' | 'at'>,
  { include }: Pick<Subscriber, 'include'>,
  store: PayloadStore,
): Promise<JsonObject> {
  const scope = teller(tenantId);
  const run = await store.readRun(scope, runId);
  const withText = include.includes('text');
  const data = (): Promise<JsonObject> | JsonObject => {
    if (type === 'feedback') return feedbackOf(scope, messageId ?? '', { store, withText });
    if (type === 'run.failed') return { ended_at: isoTime(run.endedAt), error: errorOf(run, withText) };
    if (type === 'run.cancelled') return { ended_at: isoTime(run.endedAt) };
    return saidBy(scope, run, { store, withText, at, ended: type === 'run.completed' });
  };
  return {
    type,
    timestamp: isoTime(at),
    data: {
      run_id: run.id,
      thread_id: run.threadId,
      agent_id: run.agentId,
      agent_name: run.agentName,
      channel: channelOf(run),
      user_id: run.userId,
      ...(include.includes('user') ? { user_name: run.userName } : {}),
      created_at: isoTime(run.createdAt),
      ...(await data()),
    },
  };
}

/** What a test says: it names the subscriber and nothing else. */
export function testPayload(name: string, at: number): JsonObject {
  return { type: 'webhook.test', timestamp: isoTime(at), data: { webhook: name } };
}

/** The last message of the run at that moment: its answer, or its question. */
async function saidBy(
  scope: Scope,
  run: Run,
  { store, withText, at, ended }: { store: PayloadStore; withText: boolean; at: number; ended: boolean },
): Promise<JsonObject> {
  const messages = await store.listRunMessages(scope, run.id);
  const last = messages.findLast(({ createdAt }) => createdAt <= at) ?? messages.at(-1);
  return {
    ...(ended ? { ended_at: isoTime(run.endedAt) } : {}),
    message_id: last?.id ?? null,
    ...(withText ? { text: last ? shortText(last) : null } : {}),
  };
}

function errorOf({ error }: Run, withText: boolean): JsonObject {
  const { code, message } = visibleError({ audience: 'visitor' }, error ?? { code: 'agent_failed', message: '' });
  return withText ? { code, message } : { code };
}

/** What clients keep as feedback: `message_state.content[<item>].feedback`. */
async function feedbackOf(
  scope: Scope,
  messageId: string,
  { store, withText }: { store: PayloadStore; withText: boolean },
): Promise<JsonObject> {
  const { state } = await store.findMessage(scope, messageId);
  const items = Object.values(object(object(state).content)).map((item) => object(object(item).feedback));
  const given = items.findLast(({ is_positive }) => typeof is_positive === 'boolean') ?? {};
  const { is_positive: isPositive, selected_categories: categories, text } = given;
  return {
    message_id: messageId,
    is_positive: typeof isPositive === 'boolean' ? isPositive : null,
    categories: Array.isArray(categories) ? categories.map(String) : [],
    ...(withText ? { text: typeof text === 'string' ? text.slice(0, LONGEST_TEXT) : null } : {}),
  };
}

function shortText({ parts }: Message): string {
  return textOf(parts).slice(0, LONGEST_TEXT);
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

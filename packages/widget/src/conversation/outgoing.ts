import type { Agent, UploadedFile } from '@clew/wire/client';
import type { ChatOptions } from '../config/options.ts';
import type { EventBus } from '../events/bus.ts';
import type { OutgoingMessage } from '../events/events.ts';
import type { ItemSay } from '../items/context.ts';
import type { Row } from '../outbox/outbox.ts';
import { plainText } from './entries.ts';

/** What is said, by the reader or by the page. */
export type Say = ItemSay & {
  /** Without a bubble, now and after a reload. */
  readonly silent?: boolean;
  /** Files that the server has. */
  readonly files?: readonly UploadedFile[];
  /** Context variables for the agent. */
  readonly context?: Readonly<Record<string, unknown>>;
};

export interface Sender {
  readonly bus: EventBus;
  readonly options: Pick<ChatOptions, 'agentId' | 'environmentId'>;
  readonly newId: () => string;
  /** Milliseconds since 1970, later at every call. */
  readonly now: () => number;
}

/** A message as it leaves, after the page (`pre:send`) had its say. `where` is asked then: a slow page may have seen a restart. */
export async function compose(
  { content, display, silent = false, context, files = [] }: Say,
  { bus, options, newId, now }: Sender,
  where: () => { room: string; threadId: string | undefined; agent: Agent | undefined },
): Promise<Row> {
  const key = newId();
  const text = display ?? plainText(content);
  const { threadId, agent } = where();
  const agentId = agent?.id ?? options.agentId;
  const hidden = { display_properties: { skip_render: true, is_async: false } };
  const drafted: OutgoingMessage = {
    message: {
      id: key,
      role: 'user',
      content,
      message_state: { input: { display_text: text } },
      ...(silent ? { additional_properties: hidden } : {}),
    },
    context: { ...context, ...(files.length > 0 ? filesFor(text, files) : {}) },
    additional_properties: {},
    environment_id: options.environmentId,
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    ...(threadId === undefined ? {} : { thread_id: threadId }),
  };
  const { message: body } = await bus.fire('pre:send', { message: drafted });
  // Kept and sent again as it is now: nobody changes it later, and only what JSON can say is in it.
  const fixed = JSON.parse(JSON.stringify(body)) as OutgoingMessage;
  fixed.message.id = key;
  const shown = fixed.message.message_state?.input?.display_text;
  const room = where();
  if (room.threadId === undefined) delete fixed.thread_id;
  else fixed.thread_id = room.threadId;
  return {
    key,
    room: room.room,
    at: now(),
    text: shown ?? text,
    files: files.map(({ fileName }) => fileName),
    silent,
    body: fixed,
  };
}

/** How files are sent with a message (ADK `create_run_with_files`). */
function filesFor(text: string, files: readonly UploadedFile[]): Readonly<Record<string, unknown>> {
  const data = [
    { id: '1', response_type: 'text', text },
    { id: '2', response_type: 'file_download', files },
  ];
  return { data, source: 'TOOL' };
}

import { messagePatch, message as messageReply } from '@clew/wire/orchestrate';
import { z } from 'zod';
import type { Engine, Library } from '../../../engine/engine.ts';
import { type JsonObject, type Message, type Scope, visibleMessage } from '../../../model/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { decodeContent, EXTRA } from '../items.ts';
import { decodeExtra, encodeMessage, keptWith } from '../message.ts';
import { plainPath } from '../paths.ts';
import { bounded, decodeBody, decodeQuery, pathId } from '../requests.ts';
import { messageView } from '../views.ts';

/** Messages are read from the store in pieces of this many. */
const PAGE = 500;

const all = plainPath('/threads/{thread_id}/messages');
const one = plainPath('/threads/{thread_id}/messages/{message_id}');
const base = { tag: 'Messages', access: 'principal' } as const;

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).optional().describe('At most this many; without it all of them.'),
  offset: z.coerce.number().int().min(0).default(0).describe('Pass over this many.'),
});

/** Messages: what a thread consists of. */
export function messageEndpoints(engine: Engine): Endpoint[] {
  const { library, clock } = engine;
  const shown = (scope: Scope, found: Message) =>
    encodeMessage(visibleMessage(scope, found), messageView(engine, scope));

  return [
    {
      ...base,
      ...all,
      method: 'GET',
      summary: 'List the messages of a thread, the oldest first',
      schemas: { query: listQuery, reply: z.array(messageReply) },
      async handle(request) {
        const { scope } = request;
        const range = decodeQuery(listQuery, request.query);
        const found = await readAll(library, scope, { threadId: pathId(request, 'thread_id'), ...range });
        return { status: 200, body: found.map((message) => shown(scope, message)) };
      },
    },
    {
      ...base,
      ...one,
      method: 'GET',
      summary: 'Read a message',
      schemas: { reply: messageReply },
      async handle(request) {
        const { scope } = request;
        const found = await library.readMessage(scope, pathId(request, 'thread_id'), pathId(request, 'message_id'));
        return { status: 200, body: shown(scope, found) };
      },
    },
    {
      ...base,
      ...one,
      method: 'PATCH',
      summary: 'Change what a message says, or keep feedback and state with it',
      schemas: { body: messagePatch, reply: messageReply },
      async handle(request) {
        const { scope } = request;
        const [threadId, messageId] = [pathId(request, 'thread_id'), pathId(request, 'message_id')];
        const { message_state, content, ...members } = decodeBody(messagePatch, request.body);
        const before = await library.readMessage(scope, threadId, messageId);
        const changed = await library.updateMessage(scope, threadId, messageId, {
          at: clock.now(),
          ...(content === undefined ? {} : { parts: decodeContent(content, ['body', 'content']) }),
          ...(message_state === undefined ? {} : { state: message_state as JsonObject | null }),
          ...extraOf(before, decodeExtra(members)),
        });
        return { status: 200, body: shown(scope, changed) };
      },
    },
  ];
}

interface Range {
  readonly threadId: string;
  readonly limit?: number | undefined;
  readonly offset: number;
}

async function readAll(
  library: Library,
  scope: Scope,
  { threadId, limit = Number.POSITIVE_INFINITY, offset }: Range,
): Promise<Message[]> {
  const found: Message[] = [];
  for (;;) {
    const size = Math.min(PAGE, limit - found.length);
    const { items } = await library.listMessages(scope, threadId, { limit: size, offset: offset + found.length });
    found.push(...items);
    if (items.length < size || found.length >= limit) return found;
  }
}

/** The members this wire keeps, with the new ones over the old. */
function extraOf(before: Message, added: JsonObject | undefined): { extra?: JsonObject } {
  if (!added) return {};
  return { extra: bounded({ ...before.extra, [EXTRA]: { ...keptWith(before), ...(added[EXTRA] as JsonObject) } }) };
}

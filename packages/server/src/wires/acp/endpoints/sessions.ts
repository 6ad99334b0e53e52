import { message, session } from '@clew/wire/acp';
import { visibleMessage } from '../../../model/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { encodeMessage } from '../message.ts';
import type { AcpOptions } from '../options.ts';
import { pathId } from '../requests.ts';
import { describeSession, readResource } from '../sessions.ts';
import { messageView } from '../views.ts';

const base = { method: 'GET', tag: 'ACP sessions', access: 'principal' } as const;

/** Sessions, which are threads, and the messages that their history leads to. */
export function sessionEndpoints(options: AcpOptions): Endpoint[] {
  const { engine } = options;
  return [
    {
      ...base,
      path: '/sessions/{session_id}',
      aliases: ['/session/{session_id}'],
      summary: 'Read a session: the addresses of its messages',
      schemas: { reply: session },
      handle: async (request) => ({
        status: 200,
        body: await describeSession(options, request.scope, pathId(request, 'session_id')),
      }),
    },
    {
      ...base,
      path: '/resources/{resource_id}',
      aliases: [],
      summary: 'Read a message of a session; under the id of a session, the state that agents keep with it',
      schemas: { reply: message },
      async handle(request) {
        const { scope } = request;
        const found = await readResource(options, scope, pathId(request, 'resource_id'));
        if ('state' in found) return { status: 200, body: found.state };
        return { status: 200, body: encodeMessage(visibleMessage(scope, found.message), messageView(engine, scope)) };
      },
    },
  ];
}

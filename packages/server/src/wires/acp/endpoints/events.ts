import { eventList, eventsQuery } from '@clew/wire/acp';
import type { Endpoint } from '../../endpoint.ts';
import { sseReply } from '../framing.ts';
import type { AcpOptions } from '../options.ts';
import { openProjection } from '../project.ts';
import { eventsAfter, resumeStream } from '../reading.ts';
import { decodeQuery, pathId } from '../requests.ts';
import { runView } from '../views.ts';

/** Events of a run: the same in every mode and for ever. */
export function eventEndpoints({ engine, onDefect }: AcpOptions): Endpoint[] {
  return [
    {
      method: 'GET',
      path: '/runs/{run_id}/events',
      aliases: [],
      tag: 'ACP runs',
      access: 'principal',
      summary: 'Read the events of a run; with Accept: text/event-stream, follow it to its end',
      schemas: { query: eventsQuery, reply: eventList },
      async handle(request) {
        const { scope, signal, requestId } = request;
        const { after, limit } = decodeQuery(eventsQuery, request.query);
        const run = await engine.library.readRun(scope, pathId(request, 'run_id'));
        const cursor = after || request.header('last-event-id') || undefined;
        if (/\btext\/event-stream\b/i.test(request.header('accept') ?? '')) {
          const defect = (error: unknown) => onDefect?.(error, { requestId });
          return sseReply(await resumeStream({ engine, scope, run, signal, defect }, cursor));
        }
        const state = openProjection(runView(engine, scope, run));
        const shown = eventsAfter(state, await engine.readEvents(scope, run.id), cursor).slice(0, limit);
        return {
          status: 200,
          body: { events: shown.map(({ event }) => event), cursor: shown.at(-1)?.id ?? cursor ?? null },
        };
      },
    },
  ];
}

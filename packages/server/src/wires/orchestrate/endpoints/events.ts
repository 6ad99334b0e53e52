import { eventsQuery, frame } from '@clew/wire/orchestrate';
import { z } from 'zod';
import type { Endpoint, Reply, StreamReply } from '../../endpoint.ts';
import { defaultFraming, framingOf, jsonArray } from '../framing.ts';
import type { OrchestrateOptions } from '../options.ts';
import { orchestratePath } from '../paths.ts';
import { decodeQuery, pathId } from '../requests.ts';
import { framesOf, resumeRun, streamRun } from '../stream.ts';
import { runView } from '../views.ts';

/** Events of a run: what its stream said, and what it goes on to say. */
export function eventEndpoints({ engine, onDefect }: OrchestrateOptions): Endpoint[] {
  return [
    {
      ...orchestratePath('/runs/{run_id}/events'),
      method: 'GET',
      tag: 'Runs',
      access: 'principal',
      summary: 'Read the events of a run; with a cursor or as a stream, go on to its end',
      schemas: { query: eventsQuery, reply: z.array(frame) },
      async handle(request): Promise<Reply> {
        const { scope, signal, requestId } = request;
        const query = decodeQuery(eventsQuery, request.query);
        const run = await engine.library.readRun(scope, pathId(request, 'run_id'));
        const view = runView(engine, scope, { run, multipleContent: query.multiple_content });
        const asked = framingOf(request.header('accept'));
        const cursor = query.after ?? request.header('last-event-id');
        if (asked === undefined && cursor === undefined)
          return arrayOf(framesOf(await engine.readEvents(scope, run.id), view));
        const defect = (error: unknown) => onDefect?.(error, { requestId });
        const reading = { scope, run, view, framing: asked ?? defaultFraming, signal, defect };
        return cursor ? resumeRun(engine, reading, cursor) : streamRun(engine, reading, 0);
      },
    },
  ];
}

/** Written as text: ten thousand frames are not worth parsing for http to serialise them again. */
function arrayOf(frames: ReturnType<typeof framesOf>): StreamReply {
  async function* chunks(): AsyncGenerator<string> {
    yield* jsonArray(frames);
  }
  return { status: 200, headers: { 'Content-Type': 'application/json' }, stream: chunks() };
}

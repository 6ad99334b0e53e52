import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { ClewError } from '../model/index.ts';
import type { Endpoint } from '../wires/endpoint.ts';

/** Most probes at once: each holds a connection, and whoever measures needs one. */
const MOST_OPEN = 32;

const query = z.object({
  chunks: z.coerce.number().int().min(1).max(20).default(5).describe('How many lines come, the first at once.'),
  every_ms: z.coerce
    .number()
    .int()
    .min(10)
    .max(1_000)
    .default(200)
    .describe('Milliseconds between one line and the next.'),
  idle: z.coerce
    .number()
    .int()
    .min(0)
    .max(120)
    .default(0)
    .describe('Seconds of silence before one more, last line. Nothing is written meanwhile.'),
});

/** A line of the probe. */
export interface ProbeLine {
  /** 1, 2, 3 … */
  readonly chunk: number;
  /** Milliseconds since the first line was written. */
  readonly at: number;
  /** Whether it is the last. */
  readonly last: boolean;
}

/**
 * `GET /health/stream`: lines that are written at known times, under the headers of every stream of the chat, so that `clew doctor` can see what stands
 * between a page and the server: a proxy that keeps an answer until it is complete, or one that cuts a connection on which nothing is said.
 */
export function createProbe(): Endpoint {
  let open = 0;
  return {
    method: 'GET',
    path: '/health/stream',
    aliases: [],
    summary: 'Lines that are written at known times, to find proxies that hold streams back or cut them',
    tag: 'Operations',
    access: 'public',
    schemas: { query },
    async handle(request) {
      const asked = query.safeParse(Object.fromEntries(request.query));
      if (!asked.success) {
        const { path, message } = asked.error.issues[0] as z.core.$ZodIssue;
        throw new ClewError('invalid_request', `The query parameter ${path.join('.')} cannot be used: ${message}.`);
      }
      if (open >= MOST_OPEN) throw new ClewError('rate_limited', 'Too many streams are being measured. Try again.');
      const { chunks, every_ms: everyMs, idle } = asked.data;
      async function* lines(): AsyncGenerator<string> {
        open++;
        try {
          const begun = performance.now();
          const line = (chunk: number, last: boolean) =>
            `data: ${JSON.stringify({ chunk, at: Math.round(performance.now() - begun), last } satisfies ProbeLine)}\n\n`;
          for (let chunk = 1; chunk <= chunks; chunk++) {
            if (chunk > 1) await wait(everyMs, undefined, { signal: request.signal });
            yield line(chunk, idle === 0 && chunk === chunks);
          }
          if (idle === 0) return;
          await wait(idle * 1_000, undefined, { signal: request.signal });
          yield line(chunks + 1, true);
        } catch (error) {
          // Whoever measured has gone.
          if (!request.signal.aborted) throw error;
        } finally {
          open--;
        }
      }
      return {
        status: 200,
        headers: {
          'Content-Type': 'text/event-stream; charset=utf-8',
          'Cache-Control': 'no-cache',
          'X-Accel-Buffering': 'no',
        },
        stream: lines(),
      };
    },
  };
}

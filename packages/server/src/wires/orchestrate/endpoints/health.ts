import { health } from '@clew/wire/orchestrate';
import type { Endpoint } from '../../endpoint.ts';
import type { OrchestrateOptions } from '../options.ts';
import { plainPath } from '../paths.ts';

const base = { method: 'GET', tag: 'Health', access: 'public' } as const;

/** Health: for those who start the server and wait for it. */
export function healthEndpoints({ engine, info, readiness }: OrchestrateOptions): Endpoint[] {
  const { version } = info;
  return [
    {
      ...base,
      ...plainPath('/health/alive'),
      summary: 'Whether the process answers',
      schemas: { reply: health },
      handle: async () => ({ status: 200, body: { status: 'ok', version } }),
    },
    {
      ...base,
      ...plainPath('/health/ready'),
      summary: 'Whether the server can work: 503 while its store cannot be read, and when it is about to stop',
      schemas: { reply: health },
      async handle({ scope }) {
        readiness?.asked();
        try {
          await engine.library.listThreads(scope, { limit: 1, offset: 0 });
          if (readiness?.draining) return { status: 503, body: { status: 'draining', version } };
          return { status: 200, body: { status: 'ok', version } };
        } catch {
          return { status: 503, body: { status: 'unavailable', version } };
        }
      },
    },
  ];
}

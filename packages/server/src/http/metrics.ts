import { ClewError, maySee } from '../model/index.ts';
import type { Endpoint } from '../wires/endpoint.ts';

/** `GET /metrics`: what monitoring reads, in the text format of Prometheus, for operators. */
export function createMetrics(read: () => Promise<string>): Endpoint {
  return {
    method: 'GET',
    path: '/metrics',
    aliases: [],
    summary: 'Queue, runs, streams and delays, in the text format of Prometheus; for operators',
    tag: 'Operations',
    access: 'principal',
    schemas: {},
    async handle({ scope }) {
      if (!maySee(scope.audience, 'operator')) throw new ClewError('operator_only');
      return {
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
        text: await read(),
      };
    },
  };
}

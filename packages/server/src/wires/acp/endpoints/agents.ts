import { agentList, agentsQuery, manifest } from '@clew/wire/acp';
import { z } from 'zod';
import type { Engine } from '../../../engine/engine.ts';
import { reaches } from '../../../model/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { encodeManifest } from '../manifest.ts';
import { agentNamed } from '../names.ts';
import { decodeQuery } from '../requests.ts';

const base = { method: 'GET', aliases: [], tag: 'ACP agents' } as const;

/** Discovery: which agents there are. Hidden ones are not listed, and found by their names. */
export function agentEndpoints(engine: Engine): Endpoint[] {
  return [
    {
      ...base,
      path: '/ping',
      access: 'public',
      summary: 'Whether the server answers',
      schemas: { reply: z.object({}) },
      handle: async () => ({ status: 200, body: {} }),
    },
    {
      ...base,
      path: '/agents',
      access: 'principal',
      summary: 'List agents, by name',
      schemas: { query: agentsQuery, reply: agentList },
      async handle({ query, scope }) {
        const { limit, offset } = decodeQuery(agentsQuery, query);
        const listed = engine.agents.list().filter((agent) => !agent.hidden && reaches(scope, agent));
        const page = listed.slice(offset, offset + limit);
        return {
          status: 200,
          body: { agents: await Promise.all(page.map((agent) => encodeManifest(engine, scope, agent))) },
        };
      },
    },
    {
      ...base,
      path: '/agents/{name}',
      access: 'principal',
      summary: 'Read the manifest of an agent',
      schemas: { reply: manifest },
      handle: async ({ params, scope }) => ({
        status: 200,
        body: await encodeManifest(engine, scope, agentNamed(engine, scope, params.name ?? '')),
      }),
    },
  ];
}

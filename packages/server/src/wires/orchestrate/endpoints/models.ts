import { modelList, virtualModels } from '@clew/wire/orchestrate';
import type { Engine } from '../../../engine/engine.ts';
import { maySee, reaches } from '../../../model/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { plainPath } from '../paths.ts';

const base = { method: 'GET', tag: 'Models', access: 'principal' } as const;

/** Models: what the agents of the project think with. */
export function modelEndpoints({ agents }: Engine): Endpoint[] {
  return [
    {
      ...base,
      ...plainPath('/models/list'),
      summary: 'List the models that agents of the project name',
      schemas: { reply: modelList },
      async handle({ scope }) {
        const preferred = agents.default()?.llm;
        // Visitors of a page are not told how an agent is made.
        const known = maySee(scope.audience, 'user') ? agents.list().filter((one) => reaches(scope, one)) : [];
        const names = [...new Set(known.map(({ llm }) => llm))].sort();
        const resources = names.map((name) => ({
          id: name,
          name,
          description: `Used by ${known
            .filter(({ llm }) => llm === name)
            .map((agent) => agent.name)
            .join(', ')}.`,
          is_custom: false,
          is_default: name === preferred,
        }));
        return { status: 200, body: { resources } };
      },
    },
    {
      ...base,
      ...plainPath('/models'),
      summary: 'List models that clients have registered: none, models are named in agent files',
      schemas: { reply: virtualModels },
      handle: async () => ({ status: 200, body: [] }),
    },
  ];
}

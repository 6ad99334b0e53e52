import { agent, agents as agentList, agentListQuery, environments, starterSettings } from '@clew/wire/orchestrate';
import type { Engine } from '../../../engine/engine.ts';
import { type Agent, ClewError, reaches, type Scope } from '../../../model/index.ts';
import type { Endpoint, WireRequest } from '../../endpoint.ts';
import { encodeAgent, encodeEnvironments, encodeStarterSettings } from '../agent.ts';
import { orchestratePath } from '../paths.ts';
import { decodeQuery, pathId } from '../requests.ts';

const base = { tag: 'Agents', access: 'principal' } as const;

/** What the widget asks settings for when it was given no agent. */
const NO_AGENT = 'no_agent';

/** Agents: who can be talked to. They are made in files, so that these only read. */
export function agentEndpoints(engine: Engine): Endpoint[] {
  const { agents } = engine;
  const named = (request: WireRequest): Agent => {
    const found = agents.find(pathId(request, 'agent_id'));
    if (!found || !reaches(request.scope, found)) throw new ClewError('agent_not_found');
    return found;
  };

  const defaultFor = (scope: Scope): Agent | undefined => {
    const usual = agents.default();
    return usual && reaches(scope, usual) ? usual : agents.list().find((one) => reaches(scope, one));
  };

  return [
    {
      ...base,
      ...orchestratePath('/agents'),
      method: 'GET',
      summary: 'List agents, by name',
      schemas: { query: agentListQuery, reply: agentList },
      async handle({ query, scope }) {
        const { names, ids, include_hidden } = decodeQuery(agentListQuery, query, ['names', 'ids']);
        const wanted = ids?.map((id) => id.toLowerCase());
        const found = agents
          .list()
          .filter((one) => reaches(scope, one))
          .filter(({ id, name, hidden }) => {
            if (names || wanted) return names?.includes(name) || wanted?.includes(id);
            return include_hidden || !hidden;
          })
          .map((item) => encodeAgent(item, scope, agents));
        return { status: 200, body: found };
      },
    },
    {
      ...base,
      ...orchestratePath('/agents/{agent_id}'),
      method: 'GET',
      summary: 'Read an agent',
      schemas: { reply: agent },
      handle: async (request) => ({ status: 200, body: encodeAgent(named(request), request.scope, agents) }),
    },
    {
      ...base,
      ...orchestratePath('/agents/{agent_id}/environment'),
      method: 'GET',
      summary: 'List the environments of an agent: one, `draft`',
      schemas: { reply: environments },
      handle: async (request) => ({ status: 200, body: encodeEnvironments(named(request)) }),
    },
    {
      ...base,
      ...orchestratePath('/agents/{agent_id}/chat-starter-settings'),
      method: 'GET',
      summary: 'Read the greeting and the suggestions that a chat begins with; `no_agent` means the default agent',
      schemas: { reply: starterSettings },
      async handle(request) {
        const id = request.params.agent_id;
        const found = id === NO_AGENT ? defaultFor(request.scope) : named(request);
        return { status: 200, body: encodeStarterSettings(found, NO_AGENT, request.scope) };
      },
    },
  ];
}

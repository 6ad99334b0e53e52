import { agents as agentsSchema, environments, starterSettings } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/model/index.ts';
import type { Runtime } from '../../../src/ports/index.ts';
import { anna, createTestWire, VISITOR } from './kit.ts';

const silent: Runtime['run'] = async () => {};
const AGENTS = '/api/v1/orchestrate/agents';
const nobody = '00000000-0000-4000-8000-000000000000';

const guide: Partial<Agent> = {
  displayName: 'The guide',
  instructions: 'Be kind.',
  collaborators: ['hidden', 'gone'],
  hasOwnPrompts: true,
  starterPrompts: [{ id: '1', title: 'Embed', subtitle: '', prompt: 'How do I embed?', state: 'active' }],
  welcome: { message: 'Hello', description: 'Ask me', isDefault: false },
  icon: '<svg/>',
  createdAt: 1770397025369,
  updatedAt: 1770397025369,
};

function make() {
  return createTestWire(
    { guide: silent, other: silent, hidden: silent },
    { agents: { guide, hidden: { hidden: true } } },
  );
}

describe('agents', () => {
  test('are listed as the ADK asks for them', async () => {
    const { ask, agent } = make();
    const names = async (query = '') => (await ask(`GET ${AGENTS}?${query}`)).body.map(({ name }: Agent) => name);
    expect(await names()).toEqual(['guide', 'other']);
    expect(await names('include_hidden=true&include=global')).toEqual(['guide', 'other', 'hidden']);
    expect(await names('names=other&names=guide&include_hidden=true')).toEqual(['guide', 'other']);
    expect(await names('names=nobody')).toEqual([]);
    expect(await names(`ids=${agent('hidden').id}&ids=${nobody}`)).toEqual(['hidden']);
    expect(await names('include_hidden=')).toEqual(['guide', 'other']);
    expect(await ask(`GET ${AGENTS}?ids=x`)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['query', 'ids', 0] }] },
    });
  });

  test('are written as the schema says, with the members clients look for', async () => {
    const { ask, agent } = make();
    const { body } = await ask(`GET ${AGENTS}?include_hidden=true`);
    expect(agentsSchema.parse(body)).toEqual(body);
    expect(body[0]).toMatchObject({
      id: agent('guide').id,
      tenant_id: anna.tenantId,
      display_name: 'The guide',
      kind: 'native',
      instructions: 'Be kind.',
      collaborators: [agent('hidden').id, 'gone'],
      environments: [{ name: 'draft' }],
      additional_properties: {
        icon: '<svg/>',
        starter_prompts: { is_default_prompts: false, customize: [{ prompt: 'How do I embed?' }] },
        welcome_content: { welcome_message: 'Hello', description: 'Ask me', is_default_message: false },
      },
      created_on: '2026-02-06T16:57:05.369000Z',
    });
    expect(await ask(`GET ${AGENTS}/${agent('guide').id}`)).toEqual({
      status: 200,
      headers: {},
      body: body[0],
      text: '',
    });
  });

  test('do not show visitors how they are made', async () => {
    const { ask } = make();
    const { body } = await ask(`GET ${AGENTS}`, { scope: VISITOR });
    expect(body[0]).toMatchObject({
      display_name: 'The guide',
      instructions: null,
      collaborators: [],
      tools: [],
      knowledge_base: [],
    });
  });

  test('have one environment', async () => {
    const { ask, agent } = make();
    const { body } = await ask(`GET ${AGENTS}/${agent('guide').id}/environment`);
    expect(environments.parse(body)).toEqual(body);
    expect(body).toMatchObject([{ name: 'draft', agent_id: agent('guide').id }]);
  });

  test.each([
    ['', nobody, 404],
    ['', 'guide', 422],
    ['/environment', nobody, 404],
    ['/chat-starter-settings', nobody, 404],
    ['/chat-starter-settings', 'x', 422],
  ])('that are not there are said not to be: %s %s', async (path, id, status) => {
    const { ask } = make();
    expect(await ask(`GET ${AGENTS}/${id}${path}`)).toMatchObject({ status });
  });
});

describe('starter settings', () => {
  test('are those of the agent, and of the default agent for no_agent', async () => {
    const { ask, agent } = make();
    const { body } = await ask(`GET ${AGENTS}/${agent('guide').id}/chat-starter-settings`);
    expect(starterSettings.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      id: agent('guide').id,
      starter_prompts: { is_default_prompts: false, prompts: [{ title: 'Embed', state: 'active' }] },
      welcome_content: { welcome_message: 'Hello', is_default_message: false, is_default_description: false },
    });
    expect((await ask(`GET ${AGENTS}/no_agent/chat-starter-settings`)).body).toEqual(body);
  });

  test('leave the greeting to the client where the agent has none', async () => {
    const { ask, agent } = make();
    const { body } = await ask(`GET ${AGENTS}/${agent('other').id}/chat-starter-settings`);
    expect(body).toMatchObject({
      starter_prompts: { is_default_prompts: true, prompts: [] },
      welcome_content: { is_default_message: true },
    });
    const empty = createTestWire({});
    expect((await empty.ask(`GET ${AGENTS}/no_agent/chat-starter-settings`)).body).toMatchObject({
      id: 'no_agent',
      welcome_content: { is_default_message: true },
    });
  });
});

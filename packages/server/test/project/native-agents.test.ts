import { describe, expect, test } from 'vitest';
import { formatFinding, loadProject } from '../../src/project/index.ts';
import { agentYaml, projectFolder } from './folder.ts';

async function load(files: Record<string, string | Uint8Array>) {
  const project = await loadProject(projectFolder(files));
  return { ...project, said: project.findings.map((finding) => `${finding.severity} ${formatFinding(finding)}`) };
}

const FULL = `spec_version: v1
kind: native
id: 0C191F04-78cd-45e3-a99a-988cfb29434d
name: travel
display_name: Travel guide
description: Knows trains.
llm: clew/echo
style: react
hide_reasoning: true
hidden: true
instructions: |
  Greet {wxo_user_name}. Return { "a": 1 } and {other}.
context_access_enabled: true
context_variables: [clientID, wxo_user_name]
restrictions: editable
icon: <svg/>
starter_prompts:
  is_default_prompts: false
  prompts:
    - { id: "7", title: Oslo, subtitle: By train, prompt: Is there a train?, state: inactive }
    - { title: Rome, prompt: And to Rome?, state: "" }
welcome_content: { welcome_message: Hello, description: Ask me }
custom: { owner: Anna }
`;

describe('a good file', () => {
  test('becomes an agent with every field', async () => {
    const { agents, findings } = await load({ 'agents/travel.yaml': FULL });
    expect(findings).toEqual([]);
    const [entry] = agents;
    expect(entry?.source).toBe('agents/travel.yaml');
    expect(entry).not.toHaveProperty('module');
    expect(entry?.agent).toMatchObject({
      id: '0c191f04-78cd-45e3-a99a-988cfb29434d',
      name: 'travel',
      displayName: 'Travel guide',
      description: 'Knows trains.',
      llm: 'clew/echo',
      style: 'react',
      hidden: true,
      hideReasoning: true,
      contextAccess: true,
      contextVariables: ['clientID', 'wxo_user_name'],
      icon: '<svg/>',
      hasOwnPrompts: true,
      starterPrompts: [
        { id: '7', title: 'Oslo', subtitle: 'By train', prompt: 'Is there a train?', state: 'inactive' },
        { id: '2', title: 'Rome', subtitle: '', prompt: 'And to Rome?', state: 'active' },
      ],
      welcome: { message: 'Hello', description: 'Ask me', isDefault: false },
    });
    expect(entry?.agent.spec).toMatchObject({ spec_version: 'v1', custom: { owner: 'Anna' } });
    expect(entry?.agent.createdAt).toBeLessThanOrEqual(entry?.agent.updatedAt ?? 0);
  });

  test('needs little', async () => {
    const { agents, findings } = await load({ 'agents/a.yml': agentYaml('a', 'tools:', 'instructions: ~') });
    expect(findings).toEqual([]);
    expect(agents[0]?.agent).toMatchObject({
      displayName: 'a',
      llm: 'clew/guide',
      style: 'default',
      instructions: '',
      hidden: false,
      starterPrompts: [],
      hasOwnPrompts: false,
      welcome: { message: '', description: '', isDefault: true },
      contextAccess: true,
      tools: [],
    });
  });

  test('keeps its id over restarts, and the id follows the name', async () => {
    const ids = async (name: string) => (await load({ 'agents/x.yaml': agentYaml(name) })).agents[0]?.agent.id;
    expect(await ids('guide')).toBe('db53617f-930b-5e63-b95f-b77a2bb6053f');
    expect(await ids('other')).not.toBe(await ids('guide'));
  });

  test('agents come in the order of their names', async () => {
    const files = { 'agents/1.yaml': agentYaml('b'), 'agents/2.yaml': agentYaml('a'), 'agents/3.yaml': agentYaml('C') };
    expect((await load(files)).agents.map(({ agent }) => agent.name)).toEqual(['C', 'a', 'b']);
  });
});

describe('between files', () => {
  test('of two agents with one name or id the first stays', async () => {
    const id = 'id: 0c191f04-78cd-45e3-a99a-988cfb29434d';
    const { agents, said } = await load({
      'agents/a.yaml': agentYaml('x'),
      'agents/b.yaml': agentYaml('x'),
      'agents/c.yaml': agentYaml('c', id),
      'agents/d.yaml': agentYaml('d', id),
    });
    expect(agents.map(({ source }) => source)).toEqual(['agents/c.yaml', 'agents/a.yaml']);
    expect(said).toEqual([
      'error agents/b.yaml:3: name: `agents/a.yaml` has the same name; this file is left out. Give one of the two another name.',
      'error agents/d.yaml:5: id: `agents/c.yaml` has the same id; this file is left out. Give one of the two another id.',
    ]);
  });

  test('collaborators must exist', async () => {
    const { said } = await load({
      'agents/a.yaml': agentYaml('anna', 'collaborators: [brta, nobody]'),
      'agents/b.yaml': agentYaml('berta'),
    });
    expect(said.filter((text) => text.includes('no working agent'))).toEqual([
      'warning agents/a.yaml:5: collaborators[0]: There is no working agent `brta`. Did you mean `berta`?',
      'warning agents/a.yaml:5: collaborators[1]: There is no working agent `nobody`. Make a file for it in `agents/`, or remove the name.',
    ]);
  });

  test('the default agent must exist', async () => {
    const folder = projectFolder({ 'agents/a.yaml': agentYaml('guide') });
    expect((await loadProject(folder, { defaultAgent: 'giude' })).findings.map(formatFinding)).toEqual([
      'clew.config.yaml:1: defaultAgent: There is no working agent `giude`, so that the first one that is not hidden answers. Did you mean `guide`?',
    ]);
    expect((await loadProject(folder, { defaultAgent: 'guide' })).findings).toEqual([]);
  });

  test('a project without agents, and files that are none of ours', async () => {
    const { said, agents } = await load({
      'agents/README.md': 'x',
      'agents/.a.yaml.swp': 'x',
      'agents/_draft.yaml': 'x',
      'agents/deep/a.yaml': 'x',
    });
    expect(agents).toEqual([]);
    expect(said).toEqual([
      'warning agents:1: The project has no agents. Add a file to `agents/`, or run `clew init` in an empty folder.',
    ]);
  });
});

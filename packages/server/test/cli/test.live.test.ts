import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { clew } from './console.ts';
import { agentFile, folderOf } from './project.ts';

const house = agentFile('thinker', 'house/small', 'collaborators: [clerk]\n');
const clerk = agentFile('clerk', 'nobody/knows');
const fixture = (...lines: string[]) =>
  `agent: thinker\nturns:\n  - say: Hi\n${lines.map((line) => `    ${line}\n`).join('')}`;
const play = (written: string) =>
  clew(['test'], {
    cwd: folderOf({ 'agents/thinker.yaml': house, 'agents/clerk.yaml': clerk, 'fixtures/one.yaml': written }),
  });

describe('clew test', () => {
  test('plays agents with scripted models, collaborators too, without a key', async () => {
    const { code, stdout } = await play(
      fixture(
        'model:',
        '  - { agent: clerk, text: Seven. }',
        '  - { agent: thinker, calls: [{ name: chat_with_collaborator_clerk, arguments: { message: How many? } }] }',
        '  - text: There are seven.',
        'expect:',
        '  events:',
        '    - model',
        '    - \'handoff chat_with_collaborator_clerk {"message":"How many?"} → *Seven.*\'',
        '    - "  model"',
        '    - model',
        '    - "says: There are seven."',
        '    - completed',
      ),
    );
    expect(stdout).toBe(`✓ ${join('fixtures', 'one.yaml')}\n1 passed.\n`);
    expect(code).toBe(EXIT.ok);
  });

  test('shows what is different, line by line', async () => {
    const { code, stdout } = await play(
      fixture(
        'model: [{ text: Hello. }, { text: Unheard. }]',
        'expect: { events: [model, "says: Goodbye.", completed], contains: bye }',
      ),
    );
    expect(code).toBe(EXIT.failed);
    expect(stdout).toBe(
      [
        `✗ ${join('fixtures', 'one.yaml')}`,
        '  turn 1 (Hi): the log (- expected, + came)',
        '      model',
        '    - says: Goodbye.',
        '    + says: Hello.',
        '      completed',
        '  turn 1 (Hi): "bye" is not in what was said:',
        '    Hello.',
        '  turn 1 (Hi): 1 of the scripted replies and results were not asked for',
        '0 passed, 1 failed.',
        '',
      ].join('\n'),
    );
  });

  test('says when a model is asked more than the script has, and when a fixture is wrong', async () => {
    const { code, stdout } = await play(fixture('expect: {}'));
    expect(code).toBe(EXIT.failed);
    expect(stdout).toContain(
      'it is failed: failed model_unavailable: The agent thinker asks its model, and the script',
    );
    const wrong = await play(fixture('expects: { text: x }'));
    expect(wrong.code).toBe(EXIT.failed);
    expect(wrong.stdout).toMatch(/one\.yaml:4 error \(turns\[0\]\.expects\)\n.*\n {4}→ Did you mean `expect`\?/);
  });

  test('says when a turn says nothing, or two things', async () => {
    for (const turn of ['{ model: [] }', '{ say: Hi, form: cancel }']) {
      const files = { 'agents/a.yaml': agentFile('a'), 'fixtures/one.yaml': `agent: a\nturns:\n  - ${turn}\n` };
      const { code, stdout } = await clew(['test'], { cwd: folderOf(files) });
      expect([code, stdout]).toEqual([EXIT.failed, expect.stringContaining('must have `say` or `form`, one of them')]);
    }
  });

  test('plays agents of other servers as the fixture says, with nothing set and nobody asked', async () => {
    const far = `spec_version: v1
kind: external
provider: external_chat/A2A/0.3.0
name: far
description: Works elsewhere.
api_url: \${FAR_URL}
auth_scheme: BEARER_TOKEN
auth_config: { token: "\${FAR_TOKEN}" }
`;
    const boss = agentFile('boss', 'house/small', 'collaborators: [far]\n');
    const handOver = '{ name: chat_with_collaborator_far, arguments: { message: Rain? } }';
    const written = (end: string) => `agent: boss
turns:
  - say: Does it rain?
    model: [{ calls: [${handOver}] }]
    remote: [{ agent: far, ask: Which town? }]
    expect: { status: waiting, text: Which town? }
  - say: Oslo
    remote:
      - agent: far
        steps: [{ name: look, input: { town: Oslo }, output: wet }]
        text: It rains in Oslo.
        citations: [{ title: sky.md, start: 0, end: 17 }]
    model: [{ text: "Take a coat, it rains. [1]" }]
    expect:
      events:
        - '  tool look {"town":"Oslo"} → wet'
        - 'finished s2 → *It rains in Oslo.*sky.md*'
        - model
        - "says: Take a coat, it rains. <citation>"
        - completed
${end}`;
    const files = (fixture: string) => ({
      'agents/far.yaml': far,
      'agents/boss.yaml': boss,
      'fixtures/one.yaml': fixture,
    });
    const played = await clew(['test'], { cwd: folderOf(files(written(''))) });
    expect(played.stdout).toBe(`✓ ${join('fixtures', 'one.yaml')}\n1 passed.\n`);
    const alone =
      'agent: far\nturns:\n  - say: Hi\n    remote: [{ agent: far, text: Hello. }, { agent: far, text: x }]\n';
    const left = await clew(['test'], { cwd: folderOf(files(alone)) });
    expect(left.stdout).toContain('1 of the scripted replies and results were not asked for');
    const none = await clew(['test'], { cwd: folderOf(files('agent: far\nturns:\n  - say: Hi\n')) });
    expect(none.stdout).toContain('the script has no answer left for it');
  });

  test('wants a fixture', async () => {
    const { code, stderr } = await clew(['test'], { cwd: folderOf({ 'agents/a.yaml': agentFile('a') }) });
    expect(code).toBe(EXIT.unusable);
    expect(stderr).toContain('There are no fixtures in fixtures.');
  });
});

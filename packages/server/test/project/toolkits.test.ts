import { describe, expect, it } from 'vitest';
import { agentYaml } from './folder.ts';
import { readTools } from './read-tools.ts';

describe('toolkits', () => {
  it('are read with their variables filled in', async () => {
    const { toolkits, said, folder } = await readTools({
      'toolkits/local.yaml': `kind: mcp\nname: local\ncommand: node server.mjs "two words"\nenv: { TOKEN: "\${SHOP_TOKEN}" }\ntools: ["*"]\n`,
      'toolkits/remote.yaml': `kind: mcp\nname: remote\nurl: \${SHOP}/mcp\nheaders: { X-Key: "\${SHOP_TOKEN}" }\ntools: [find]\npermission: read_only\n`,
    });
    expect(said).toEqual([]);
    expect(toolkits.map(({ server }) => server)).toEqual([
      {
        name: 'local',
        reach: { by: 'stdio', command: 'node', args: ['server.mjs', 'two words'], env: { TOKEN: 's3cret' }, folder },
        tools: null,
        permission: null,
        approve: undefined,
        timeoutMs: 60_000,
      },
      {
        name: 'remote',
        reach: { by: 'http', url: 'http://127.0.0.1:9/mcp', headers: { 'X-Key': 's3cret' } },
        tools: ['find'],
        permission: 'read_only',
        approve: undefined,
        timeoutMs: 60_000,
      },
    ]);
  });

  const mistakes: [string, string, string][] = [
    [
      'nothing to reach',
      'kind: mcp\nname: a\n',
      'error toolkits/a.yaml:2 name: A toolkit needs a `command` or a `url`.',
    ],
    [
      'both',
      'kind: mcp\nname: a\ncommand: x\nurl: http://x\n',
      'error toolkits/a.yaml:4 url: A toolkit has a `command` or a `url`, not both.',
    ],
    [
      'another transport',
      'kind: mcp\nname: a\nurl: http://x\ntransport: stdio\n',
      'error toolkits/a.yaml:4 transport: A toolkit with a `url` is not reached over stdio.',
    ],
    [
      'a missing variable',
      `kind: mcp\nname: a\nurl: \${NOBODY}/mcp\n`,
      'error toolkits/a.yaml:3 url: The environment has no variable NOBODY.',
    ],
  ];
  it.each(mistakes)('with %s are told of', async (_, text, expected) => {
    const { said, toolkits } = await readTools({ 'toolkits/a.yaml': text });
    expect(said[0]).toContain(expected);
    expect(toolkits).toEqual([]);
  });
});

it('names of tools that agents use are looked up, in toolkits that name theirs too', async () => {
  const { said } = await readTools({
    'agents/a.yaml': agentYaml('a', 'tools: [find, kit:find, kit:fnid, fimd, free:anything]', 'toolkits: [kit, kid]'),
    'toolkits/kit.yaml': 'kind: mcp\nname: kit\ncommand: x\ntools: [find]\n',
  });
  const about = said
    .filter((line) => line.includes('no working'))
    .map((line) => line.replace('warning agents/a.yaml:', ''));
  expect(about).toEqual([
    '5 tools[2]: There is no working tool `kit:fnid`. Make a file for it in `tools/`, or remove the name.',
    '5 tools[3]: There is no working tool `fimd`. Did you mean `find`?',
    '5 tools[4]: There is no working tool `free:anything`. Make a file for it in `tools/`, or remove the name.',
    '6 toolkits[1]: There is no working toolkit `kid`. Did you mean `kit`?',
  ]);
});

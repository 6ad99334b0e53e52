import { expect, test } from 'vitest';
import { loadProject } from '../../src/project/index.ts';
import { projectFolder } from './folder.ts';

const SECRET = 'a-secret-value';
const ENV: Readonly<Record<string, string>> = {
  TOKEN: SECRET,
  URL: 'http://10.0.0.7:8000/',
  LINES: `${SECRET}\nX: y`,
  EMPTY: '',
  PADDED: ` ${SECRET}\n`,
};
const variable = (name: string) => `\${${name}}`;

/** An external agent whose own lines begin in line 6. */
async function read(...lines: readonly string[]) {
  const head = ['spec_version: v1', 'kind: external', 'provider: acp', 'name: far', 'description: Works elsewhere.'];
  const folder = projectFolder({ 'agents/far.yaml': [...head, ...lines, ''].join('\n') });
  const project = await loadProject(folder, { variable: (name) => ENV[name] });
  const said = project.findings.map(
    ({ severity, line, field, message, fix }) => `${severity} ${line} ${field}: ${message} ${fix}`,
  );
  expect(JSON.stringify([said, project.agents.map(({ agent }) => agent)])).not.toContain(SECRET);
  return { entry: project.agents[0], said };
}

test('an agent of another ACP server, with what the environment has', async () => {
  const { entry, said } = await read(
    `api_url: ${variable('URL')}`,
    'title: Far away',
    'agent: helper',
    'headers:',
    `  Authorization: Bearer ${variable('TOKEN')}`,
    `  X-Padded: "${variable('PADDED')}"`,
    '  X-Plain: plain',
    'reconnect_seconds: 5',
    'config: { hidden: true }',
  );
  expect(said).toEqual([]);
  expect(entry?.remote).toEqual({
    url: 'http://10.0.0.7:8000',
    agent: 'helper',
    headers: { Authorization: `Bearer ${SECRET}`, 'X-Padded': SECRET, 'X-Plain': 'plain' },
    reconnectMs: 5_000,
  });
  expect(entry?.agent).toMatchObject({ name: 'far', displayName: 'Far away', llm: 'external/acp', hidden: true });
  for (const member of ['api_url', 'headers', 'auth_config']) expect(entry?.agent.spec).not.toHaveProperty(member);
});

test('the schemes of the ADK, and what is there without being said', async () => {
  const bearer = await read(
    'api_url: https://far.example',
    'auth_scheme: BEARER_TOKEN',
    `auth_config: { token: "${variable('TOKEN')}" }`,
  );
  expect(bearer.entry?.remote).toEqual({
    url: 'https://far.example',
    agent: 'far',
    headers: { Authorization: `Bearer ${SECRET}` },
    reconnectMs: 60_000,
  });
  const key = await read(
    'api_url: https://far.example',
    'auth_scheme: API_KEY',
    `auth_config: { token: "${variable('TOKEN')}" }`,
  );
  expect(key.entry?.remote?.headers).toEqual({ 'X-API-Key': SECRET });
});

const plain =
  'This is no plain http or https address. Write, for example, `api_url: http://127.0.0.1:8000`; what the server wants to know goes into `headers`.';
const refused: readonly (readonly [string, readonly string[], string])[] = [
  [
    'no address',
    ['agent: a'],
    'error 1 api_url: `api_url` is missing. Write, for example, `api_url: http://127.0.0.1:8000`.',
  ],
  ['another scheme', ['api_url: file:///etc/passwd'], `error 6 api_url: ${plain}`],
  ['an address with a password', ['api_url: http://a:b@far.example'], `error 6 api_url: ${plain}`],
  ['an address with a query', ['api_url: http://far.example?key=1'], `error 6 api_url: ${plain}`],
  [
    'a variable that is not set',
    ['api_url: http://far.example', 'headers:', '  X-One: plain', `  Authorization: Bearer ${variable('MISSING')}`],
    'error 9 headers.Authorization: The environment has no variable MISSING. Set it before the server starts.',
  ],
  [
    'a variable that is empty',
    ['api_url: http://far.example', 'headers:', `  Authorization: Bearer ${variable('EMPTY')}`],
    'error 8 headers.Authorization: The environment has no variable EMPTY. Set it before the server starts.',
  ],
  [
    'what is no name of a variable',
    ['api_url: http://far.example', 'headers:', `  X-A: "${variable('MY-TOKEN')}"`],
    `error 8 headers.X-A: \`\${\` begins the name of a variable, and this is none. Write, for example, \`${variable('REMOTE_TOKEN')}\`.`,
  ],
  [
    'a value that would be two headers',
    ['api_url: http://far.example', 'headers:', `  X-A: "${variable('LINES')}"`],
    'error 8 headers.X-A: The value of this header is empty, or has characters that HTTP does not allow. Correct it.',
  ],
  [
    'a header that is none',
    ['api_url: http://far.example', 'headers:', '  "X A": b'],
    'error 8 headers.X A: This is no name of an HTTP header. Use letters, digits and dashes.',
  ],
  [
    'a header of the connection',
    ['api_url: http://far.example', 'headers:', '  Host: b'],
    'error 8 headers.Host: This header is set by the server itself. Remove it.',
  ],
  [
    'a scheme without a token',
    ['api_url: http://far.example', 'auth_scheme: BEARER_TOKEN'],
    `error 7 auth_scheme: There is no token for this scheme. Write \`auth_config: { token: "${variable('REMOTE_TOKEN')}" }\`.`,
  ],
  [
    'a wait that is no time',
    ['api_url: http://far.example', 'reconnect_seconds: -1'],
    'error 7 reconnect_seconds: `reconnect_seconds` must not be negative. Write, for example, `reconnect_seconds: 60`.',
  ],
];
test.each(refused)('%s: the file is left out', async (_, lines, finding) => {
  const { entry, said } = await read(...lines);
  expect(entry).toBeUndefined();
  expect(said.filter((text) => text.startsWith('error'))).toEqual([finding]);
});

test('fields that change nothing get a warning', async () => {
  const { entry, said } = await read(
    'api_url: http://far.example',
    'instructions: Be kind.',
    'auth_config: { token: t }',
    'llm: clew/echo',
  );
  expect(entry?.agent.llm).toBe('external/acp');
  expect(said).toEqual([
    'warning 7 instructions: The agent works at another server, where this field is not known. Remove it.',
    'warning 8 auth_config.token: The token is not sent without an `auth_scheme`. Write `auth_scheme: BEARER_TOKEN`.',
    'warning 9 llm: Clew does not know this field and passes it over. Remove it, or keep data of your own under `custom`.',
  ]);
});

/** An external agent of another provider, with a connection beside it. */
async function readOther(provider: string, ...lines: readonly string[]) {
  const head = ['spec_version: v1', 'kind: external', `provider: ${provider}`, 'name: far', 'description: Elsewhere.'];
  const connection = ['kind: connection', 'app_id: far_keys', 'environments:', '  draft:', '    kind: bearer'];
  const folder = projectFolder({
    'agents/far.yaml': [...head, 'api_url: https://far.example/agent/', ...lines, ''].join('\n'),
    'connections/far.yaml': [...connection, `    token: "${variable('TOKEN')}"`, ''].join('\n'),
  });
  const project = await loadProject(folder, { variable: (name) => ENV[name] });
  const said = project.findings.map(({ severity, line, message, fix }) => `${severity} ${line} ${message} ${fix}`);
  return { entry: project.agents[0], said };
}

test.each(['0.2.1', '0.3.0', '1.0'])('an agent that speaks A2A %s', async (version) => {
  const { entry, said } = await readOther(`external_chat/A2A/${version}`, 'auth_scheme: NONE');
  expect(said).toEqual([]);
  expect(entry?.agent.llm).toBe('external/a2a');
  expect(entry?.remote).toEqual({
    url: 'https://far.example/agent',
    agent: 'far',
    headers: {},
    reconnectMs: 60_000,
    a2a: true,
  });
});

test('a version of A2A that nobody knows is a mistake, with those that are known', async () => {
  const { entry, said } = await readOther('external_chat/A2A/0.3.1');
  expect(entry).toBeUndefined();
  expect(said).toEqual([
    expect.stringMatching(/^error 3 .*external_chat\/A2A\/0\.3\.0.*not `external_chat\/A2A\/0\.3\.1`/),
  ]);
});

test('what it identifies itself with may be a connection of the project', async () => {
  for (const provider of ['acp', 'external_chat', 'external_chat/A2A/0.3.0']) {
    const { entry, said } = await readOther(provider, 'app_id: far_keys');
    expect(said).toEqual([]);
    expect(entry?.remote?.headers).toEqual({ authorization: `Bearer ${SECRET}` });
  }
  const wrong = await readOther('acp', 'app_id: far_key');
  expect(wrong.entry).toBeUndefined();
  expect(wrong.said).toEqual(['error 7 There is no working connection `far_key`. Did you mean `far_keys`?']);
});

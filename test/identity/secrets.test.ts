import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { clew } from '../../packages/server/test/cli/console.ts';
import { serve } from '../kit/server.ts';
import { say, start } from './start.ts';

const SECRETS = {
  MODEL_KEY: 'CANARY-model-key-1234567890',
  SHOP_KEY: 'CANARY-connection-1234567890',
  FAR_TOKEN: 'CANARY-remote-1234567890',
};

/** A service that tells whoever calls it what it was sent, as some do in their errors. */
const got: string[] = [];
const asked: string[] = [];
const echo = createServer((request, response) => {
  const said = JSON.stringify(request.headers);
  got.push(said);
  asked.push(String(request.url));
  const status =
    request.url?.includes('/fails') ||
    request.url?.includes('chat') ||
    request.url?.includes('embeddings') ||
    request.url?.includes('runs')
      ? 401
      : 200;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message: `Wrong key: ${said}` }, code: 'invalid_input', message: said }));
});
await new Promise<void>((done) => echo.listen(0, '127.0.0.1', done));
const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;

const tool = (name: string) =>
  `name: ${name}\ndescription: Asks.\napp_id: shop\ninput_schema: { type: object }\nbinding: { openapi: { http_method: GET, http_path: /${name}, servers: ["${url}"] } }\n`;
const server = await start(undefined, ['--embeddings', 'house/small'], {
  files: {
    'knowledge/shop.md': '# Shop\n\n## Refunds\nYou get your money back within a week.\n',
    'knowledge_bases/docs.yaml':
      'spec_version: v1\nkind: knowledge_base\nname: docs\ndescription: Knows.\ndocuments: [knowledge/shop.md]\n',
    'agents/guide.yaml':
      'spec_version: v1\nkind: native\nname: guide\ndescription: Answers.\nllm: clew/guide\nknowledge_base: [docs]\n',
    'clew.config.yaml': `models:\n  house:\n    baseUrl: ${url}/v1\n    apiKey: \${MODEL_KEY}\n`,
    'agents/caller.mjs': `export default async function* caller(turn) {
  const result = await turn.tool(turn.text, {});
  yield JSON.stringify(result);
}
`,
    'agents/far.yaml': `spec_version: v1\nkind: external\nprovider: acp\nname: far\ndescription: Is elsewhere.\napi_url: ${url}\nheaders: { Authorization: "Bearer \${FAR_TOKEN}" }\nreconnect_seconds: 1\n`,
    'agents/thinker.yaml': 'spec_version: v1\nkind: native\nname: thinker\ndescription: Thinks.\nllm: house/small\n',
    'connections/shop.yaml':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the environment, as the file names it
      'kind: connection\napp_id: shop\nenvironments:\n  draft:\n    kind: api_key\n    api_key: ${SHOP_KEY}\n',
    'tools/fails.yaml': tool('fails'),
  },
  env: SECRETS,
});
afterAll(async () => {
  await server.end();
  echo.close();
});

test('keys of models, connections and remote agents are told to whom they are for, and to nobody else', async () => {
  const seen: string[] = [];
  const cli = async (...args: string[]) => {
    const { stdout, stderr } = await clew([...args, '--url', `http://127.0.0.1:${server.port}`], {
      cwd: server.folder,
    });
    seen.push(stdout, stderr);
  };
  for (const [agent, text] of [
    ['guide', 'When do I get my money back?'],
    ['thinker', 'hello'],
    ['far', 'hello'],
    ['caller', 'fails'],
  ] as const) {
    const { threadId, runId, stream } = await say(server, text, { agent });
    seen.push(stream);
    for (const path of [
      `/threads/${threadId}/messages`,
      `/orchestrate/runs/${runId}`,
      `/orchestrate/runs/${runId}/events`,
      `//runs/${runId}`,
      `//runs/${runId}/events`,
    ])
      seen.push((await server.call(path)).text);
    await cli('runs', 'show', runId);
    await cli('runs', 'show', runId, '--json');
    await cli('threads', 'show', threadId, '--json');
  }
  await cli('runs', 'list', '--json');
  await cli('agents', 'list', '--json');
  for (const path of [
    '/orchestrate/agents?include_hidden=true',
    '/models/list',
    '/auth/channel',
    '/private/channels',
    '//agents',
    '//docs',
    '//openapi.json',
    '//acp/openapi.json',
    '//health',
    '//chat',
  ])
    seen.push((await server.call(path)).text);
  await server.stop();

  const told = got.join('\n');
  expect(asked.some((path) => path.endsWith('/embeddings'))).toBe(true);
  for (const secret of Object.values(SECRETS)) expect(told, 'each is used').toContain(secret);
  const places = { replies: seen.join('\n'), log: server.output() };
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(SECRETS).flatMap(([name, secret]) => (text.includes(secret) ? [`${name} is in ${place}`] : [])),
  );
  expect(leaks).toEqual([]);
});

test('the password of a database is in no error', async () => {
  const refused = (address: string, args: string[] = []) =>
    serve({ project: server.folder, args, env: { ...SECRETS, CLEW_DATABASE_URL: address } }).then(
      () => 'served',
      (error: Error) => error.message,
    );
  const said = [
    await refused('postgres://clew:CANARY-password@127.0.0.1:1/clew'),
    await refused('mysql://clew:CANARY-password@127.0.0.1:1/clew'),
    await refused('', ['--database', 'postgres://clew:CANARY-password@nowhere.invalid/clew']),
  ];
  for (const one of said) {
    expect(one).toMatch(/ended with \d/);
    expect(one).not.toContain('CANARY');
  }
});

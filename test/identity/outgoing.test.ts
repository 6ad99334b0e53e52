import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { say, site, start } from './start.ts';

/** Answers every request so, and remembers it. */
async function answering(status: number, headers: () => Record<string, string>) {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, headers()).end('{"keys":[],"CANARY":true}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, asked, close };
}

/** What nobody outside may make the server read: of its own network, or the metadata of its machine. */
const inside = await answering(200, () => ({ 'content-type': 'application/json' }));
let target = '';
/** A service that was declared and leads elsewhere. */
const declared = await answering(302, () => ({ location: target }));
const elsewhere = [`${inside.url}/latest/meta-data`, 'http://169.254.169.254/latest/meta-data'];

const server = await start(
  {
    default: { modes: ['apiKey'] },
    login: { mode: 'signed', jwks: `${declared.url}/jwks.json` },
  },
  ['--acp-history-hosts', new URL(declared.url).host],
  {
    files: {
      'agents/caller.mjs': `export default async function* caller(turn) {
  const result = await turn.tool(turn.text, {});
  yield JSON.stringify(result);
}
`,
      'agents/far.yaml': `spec_version: v1\nkind: external\nprovider: acp\nname: far\ndescription: Is elsewhere.\napi_url: ${declared.url}\nreconnect_seconds: 1\n`,
      'agents/thinker.yaml': 'spec_version: v1\nkind: native\nname: thinker\ndescription: Thinks.\nllm: house/small\n',
      'tools/service.yaml': `name: service\ndescription: Asks.\ninput_schema: { type: object }\nbinding: { openapi: { http_method: GET, http_path: /, servers: ["${declared.url}"] } }\n`,
      'toolkits/kit.yaml': `kind: mcp\nname: kit\nurl: ${declared.url}/mcp\ntools: [other]\n`,
    },
    config: { models: { house: { baseUrl: `${declared.url}/v1`, headers: { 'x-key': 'none' } } } },
  },
);
afterAll(async () => {
  await server.end();
  inside.close();
  declared.close();
});
const token = await server.operator();
const login = site();

/** What the server asks other servers for, and how somebody outside can make it do so. */
const WAYS: Readonly<Record<string, () => Promise<unknown>>> = {
  'a tool of an HTTP service': () => say(server, 'service', { token, agent: 'caller' }),
  'an MCP server': () => say(server, 'other', { token, agent: 'caller' }),
  'a remote agent': () => say(server, 'hello', { token, agent: 'far' }),
  'a provider of models': () => say(server, 'hello', { token, agent: 'thinker' }),
  'the keys of a channel': async () =>
    server.call('/threads', {
      token: await login.sign({ sub: 'ana' }, { kid: crypto.randomUUID() }),
      headers: { 'x-ibm-wo-orchestrate-id': 'login' },
    }),
  'the history of a session': () =>
    server.call('//runs', {
      method: 'POST',
      token,
      body: {
        agent_name: 'echo',
        input: [{ role: 'user', parts: [{ content_type: 'text/plain', content: 'hello' }] }],
        session: { id: crypto.randomUUID(), history: [`${declared.url}/message`], state: null },
      },
    }),
};

test.for(Object.keys(WAYS))('%s is not followed to where it leads', async (way) => {
  for (const place of elsewhere) {
    target = place;
    const before = declared.asked.length;
    const answer = JSON.stringify(await WAYS[way]?.());
    expect(declared.asked.length, answer).toBeGreaterThan(before);
    expect(answer).not.toContain('CANARY');
  }
  expect(inside.asked).toEqual([]);
});

test('an address that a client names is read from listed hosts only, however it is written', async () => {
  const { port } = new URL(inside.url);
  for (const address of [
    `${inside.url}/message`,
    `http://localhost:${port}/message`,
    `http://2130706433:${port}/message`,
    `http://[::ffff:127.0.0.1]:${port}/message`,
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
  ]) {
    const refused = await server.call('//runs', {
      method: 'POST',
      token,
      body: {
        agent_name: 'echo',
        input: [{ role: 'user', parts: [{ content_type: 'text/plain', content: 'hello' }] }],
        session: { id: crypto.randomUUID(), history: [address], state: null },
      },
    });
    expect([address, refused.status]).toEqual([address, 422]);
  }
  expect(inside.asked).toEqual([]);
});

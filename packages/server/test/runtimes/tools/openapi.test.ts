import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/model/index.ts';
import type { Tool } from '../../../src/ports/index.ts';
import { loadProject } from '../../../src/project/index.ts';
import { agentYaml, projectFolder } from '../../project/folder.ts';

interface Seen {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

let seen: Seen[] = [];
let url = '';
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
  if (request.url?.startsWith('/v1/redirect')) response.writeHead(302, { location: '/v1/orders/elsewhere' }).end();
  else if (request.url?.startsWith('/v1/missing')) response.writeHead(404).end('There is no such order.');
  else if (request.url?.startsWith('/v1/huge')) response.end('x'.repeat(2_000_000));
  else if (request.url?.startsWith('/v1/empty')) response.writeHead(204).end();
  else response.setHeader('content-type', 'application/json').end('{"id":"A1","total":3}');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** The tool of a file, loaded as a project does it. */
async function load(operation: string, schema: string, more: Record<string, string> = {}): Promise<Tool> {
  const text = [
    'name: shop',
    'description: Asks the shop.',
    `input_schema: ${schema}`,
    `binding: { openapi: { ${operation}, servers: ["\${SHOP}"] } }`,
    ...(more.app_id ? [`app_id: ${more.app_id}`] : []),
    '',
  ].join('\n');
  const environment: Readonly<Record<string, string>> = { SHOP: url, SECRET: 's3cret' };
  const { tools, findings } = await loadProject(
    projectFolder({
      'agents/a.yaml': agentYaml('a'),
      'tools/shop.yaml': text,
      ...(more.connection ? { 'connections/c.yaml': more.connection } : {}),
    }),
    { variable: (name) => environment[name] },
  );
  expect(findings).toEqual([]);
  return tools[0]?.tool as Tool;
}

function call(tool: Tool, input: JsonObject) {
  const signal = new AbortController().signal;
  return tool.call(input, { runId: 'r', stepId: 's1', threadId: 't', context: {}, signal, show: () => {} });
}

const BY_ID = '{ type: object, properties: { path_id: { type: string, in: path, aliasName: id } } }';

describe('a call of a service', () => {
  it('puts each member where the file says', async () => {
    const tool = await load(
      'http_method: POST, http_path: "/orders/{id}/items"',
      `{ type: object, properties: {
         path_id: { type: string, in: path, aliasName: id }, query_tag: { type: array, in: query, aliasName: tag },
         header_x: { type: string, in: header, aliasName: X-Trace }, amount: { type: number, in: body }, note: { type: string } } }`,
    );
    const input = { path_id: 'a/b ?', query_tag: ['x', 'y&z'], header_x: 'abc', amount: 3, note: 'Hi' };
    expect(await call(tool, input)).toEqual({
      content: [{ type: 'text', text: '{"id":"A1","total":3}' }],
      structuredContent: { id: 'A1', total: 3 },
    });
    expect(seen[0]).toMatchObject({
      line: 'POST /v1/orders/a%2Fb%20%3F/items?tag=x&tag=y%26z',
      body: '{"amount":3,"note":"Hi"}',
    });
    expect(seen[0]?.headers).toMatchObject({ 'x-trace': 'abc', 'content-type': 'application/json' });
  });

  it('sends a whole body as it is', async () => {
    const schema = '{ type: object, properties: { __requestBody__: { type: object, in: body } } }';
    await call(await load('http_method: PUT, http_path: /orders', schema), { __requestBody__: { a: [1] } });
    expect(seen[0]).toMatchObject({ line: 'PUT /v1/orders', body: '{"a":[1]}' });
  });

  it.each(['..', '.', ''])('does not leave its path for %j', async (id) => {
    const tool = await load('http_method: GET, http_path: "/orders/{id}/x"', BY_ID);
    await expect(call(tool, { path_id: id })).rejects.toMatchObject({ code: 'tool_input_invalid' });
    await expect(call(tool, {})).rejects.toMatchObject({ message: '`id` is missing: it is part of the address.' });
    expect(seen).toEqual([]);
  });

  it('does not follow redirects', async () => {
    const tool = await load('http_method: GET, http_path: "/redirect"', '{ type: object }');
    await expect(call(tool, {})).rejects.toThrow('The service answered with a redirect (302), which is not followed.');
    expect(seen).toHaveLength(1);
  });

  it('tells what the service says of a failure, and reads no endless answer', async () => {
    const missing = await load('http_method: GET, http_path: /missing', '{ type: object }');
    await expect(call(missing, {})).rejects.toThrow('The service answered with status 404. There is no such order.');
    const huge = await load('http_method: GET, http_path: /huge', '{ type: object }');
    await expect(call(huge, {})).rejects.toMatchObject({ code: 'tool_result_too_large' });
    const empty = await load('http_method: DELETE, http_path: /empty', '{ type: object }');
    expect((await call(empty, {})).content).toEqual([{ type: 'text', text: 'Done (status 204).' }]);
  });
});

describe('credentials', () => {
  const connections: [string, string, Record<string, string>][] = [
    ['bearer', `token: "\${SECRET}"`, { authorization: 'Bearer s3cret' }],
    ['basic', `username: me, password: "\${SECRET}"`, { authorization: `Basic ${btoa('me:s3cret')}` }],
    ['api_key', `api_key: "\${SECRET}"`, { 'x-shop': 's3cret' }],
    ['key_value', `entries: { X-One: "\${SECRET}" }`, { 'x-one': 's3cret' }],
  ];
  it.each(connections)('of kind %s are sent', async (kind, fields, expected) => {
    const tool = await load(
      'http_method: GET, http_path: "/orders/{id}", security: [{ type: apiKey, in: header, name: X-Shop }]',
      BY_ID,
      {
        app_id: 'shop',
        connection: `kind: connection\napp_id: shop\nenvironments: { draft: { kind: ${kind}, ${fields} } }\n`,
      },
    );
    await call(tool, { path_id: 'A1' });
    expect(seen[0]?.headers).toMatchObject(expected);
    expect(JSON.stringify(tool)).not.toContain('s3cret');
  });
});

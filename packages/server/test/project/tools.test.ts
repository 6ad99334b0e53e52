import { describe, expect, it } from 'vitest';
import { readTools } from './read-tools.ts';

const toolFile = (name: string, ...lines: string[]) =>
  [`name: ${name}`, 'description: Looks.', ...lines, ''].join('\n');
const binding = (path: string, more = '') =>
  `binding: { openapi: { http_method: GET, http_path: "${path}", servers: ["https://shop.example.com/v1/"]${more} } }`;

describe('tools in code', () => {
  it('are read with their schema, whatever writes it', async () => {
    const { tools, said } = await readTools({
      'tools/find-order.ts': `
        import { defineTool } from 'clew';
        export default defineTool({
          description: 'Finds an order.',
          input: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
          run: (input) => ({ id: input.id }),
        });`,
      'tools/other.mjs': `export default {
          name: 'pay', displayName: 'Pay back', description: 'Pays.', permission: 'write_only', approve: false, timeout: 5,
          run() { return this.displayName; },
        };`,
      'tools/_shared.ts': 'export const nothing = 1;',
    });
    expect(said).toEqual([]);
    expect(tools.map(({ kind, source, tool: { call: _, ...tool } }) => ({ kind, source, ...tool }))).toEqual([
      {
        kind: 'code',
        source: 'tools/find-order.ts',
        name: 'find_order',
        displayName: 'find_order',
        description: 'Finds an order.',
        inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
        permission: 'read_only',
        approve: undefined,
        timeoutMs: 60_000,
      },
      {
        kind: 'code',
        source: 'tools/other.mjs',
        name: 'pay',
        displayName: 'Pay back',
        description: 'Pays.',
        inputSchema: { type: 'object', properties: {} },
        permission: 'write_only',
        approve: false,
        timeoutMs: 5,
      },
    ]);
  });

  const mistakes: [string, string, string][] = [
    ['nothing', 'export const a = 1;', 'error tools/t.mjs:1 The default export is no tool.'],
    ['no description', 'export default { run() {} };', 'error tools/t.mjs:1 description: `description` is missing.'],
    [
      'no function',
      'export default {\n  description: "x",\n  run: 3,\n};',
      'error tools/t.mjs:3 run: `run` must be a function.',
    ],
    [
      'a wrong permission',
      'export default {\n  description: "x",\n  permission: "readonly",\n  run() {},\n};',
      'error tools/t.mjs:3 permission: `permission` must be read_only, write_only, read_write or admin, not `readonly`. Did you mean `read_only`?',
    ],
    [
      'a wrong schema',
      'export default {\n  description: "x",\n  name: "t",\n  input: { type: "object", properties: { a: { type: "text" } } },\n  run() {},\n};',
      'error tools/t.mjs:3 name: The input of `t` has no working schema: type must be JSONType or JSONType[]: text.',
    ],
    [
      'a broken module',
      'export default {\n  description: nothing,\n};',
      'error tools/t.mjs:2 The module cannot be loaded: nothing is not defined.',
    ],
    [
      'an unknown member',
      'export default { description: "x", permision: 1, run() {} };',
      'warning tools/t.mjs:1 permision: Clew does not know this field and passes it over. Did you mean `permission`?',
    ],
  ];
  it.each(mistakes)('with %s are told of with their line', async (_, text, expected) => {
    const { said } = await readTools({ 'tools/t.mjs': text });
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(expected);
  });
});

describe('tools that are operations of a service', () => {
  it('are read from a file of the ADK, with what goes where taken out of the schema', async () => {
    const { tools, said } = await readTools({
      'tools/find.yaml': toolFile(
        'find_order',
        'spec_version: v1',
        'display_name: Find an order',
        'permission: read_only',
        'timeout_seconds: 2.5',
        'input_schema:',
        '  type: object',
        '  properties: { path_id: { type: string, in: path, aliasName: id }, q: { type: string } }',
        '  required: [path_id]',
        binding('/orders/{id}'),
      ),
    });
    expect(said).toEqual([]);
    expect(tools[0]).toMatchObject({
      kind: 'openapi',
      line: 1,
      tool: { displayName: 'Find an order', timeoutMs: 2_500 },
    });
    expect(tools[0]?.tool.inputSchema).toEqual({
      type: 'object',
      properties: { path_id: { type: 'string' }, q: { type: 'string' } },
      required: ['path_id'],
    });
  });

  it('are read from a whole document, one for each operation that has an id', async () => {
    const { tools, said } = await readTools({
      'tools/shop.yaml': `
openapi: 3.0.3
info: { title: Shop, version: "1" }
servers: [{ url: "https://{place}.example.com/v1", variables: { place: { default: shop } } }]
paths:
  /orders/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: getOrder
      summary: Get an order
      parameters: [{ $ref: '#/components/parameters/Verbose' }]
    patch:
      operationId: change.order
      description: Changes an order.
      x-permission: write_only
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Change' }
    delete: { summary: Has no id }
components:
  parameters: { Verbose: { name: verbose, in: query, description: More., schema: { type: boolean } } }
  schemas:
    Change:
      type: object
      required: [amount]
      properties:
        amount: { type: number, minimum: 0, exclusiveMinimum: true }
        note: { type: string, nullable: true }
        parent: { $ref: '#/components/schemas/Change' }
`,
    });
    expect(said).toEqual([]);
    expect(tools.map(({ tool: { name, displayName, permission } }) => [name, displayName, permission])).toEqual([
      ['getOrder', 'Get an order', 'read_only'],
      ['change_order', 'change_order', 'write_only'],
    ]);
    expect(tools[0]?.tool.inputSchema).toEqual({
      type: 'object',
      properties: { verbose: { type: 'boolean', description: 'More.' }, id: { type: 'string' } },
      required: ['id'],
      additionalProperties: false,
    });
    expect(tools[1]?.tool.inputSchema).toMatchObject({
      properties: { amount: { type: 'number', exclusiveMinimum: 0 }, note: { type: ['string', 'null'] } },
      required: ['id', 'amount'],
    });
  });

  const mistakes: [string, Record<string, string>, string][] = [
    [
      'a connection that does not exist',
      {
        'tools/a.yaml': toolFile('a', 'app_id: shp', binding('/x')),
        'connections/shop.yaml': connection('bearer', `token: "\${SHOP_TOKEN}"`),
      },
      'error tools/a.yaml:3 app_id: There is no working connection `shp`. Did you mean `shop`?',
    ],
    [
      'a secret in the file',
      { 'connections/shop.yaml': connection('bearer', 'token: s3cret') },
      'error connections/shop.yaml:3 environments.draft.token: A secret does not belong into a file.',
    ],
    [
      'a variable that is not set',
      { 'connections/shop.yaml': connection('basic', `username: me, password: "\${NOBODY}"`) },
      'error connections/shop.yaml:3 environments.draft.password: The environment has no variable NOBODY. Set it before the server starts.',
    ],
    [
      'no server',
      { 'tools/a.yaml': toolFile('a', 'binding: { openapi: { http_method: GET, http_path: /x } }') },
      'error tools/a.yaml:3 binding.openapi: `a` does not say where its service is.',
    ],
    [
      'another binding',
      { 'tools/a.yaml': toolFile('a', 'binding: { python: { function: "a:b" } }') },
      'error tools/a.yaml:3 binding: Tools with a binding of kind python are not run.',
    ],
    [
      'a missing credential',
      { 'tools/a.yaml': toolFile('a', binding('/x', ', security: [{ type: http, scheme: bearer }]')) },
      'warning tools/a.yaml:3 binding.openapi: `a` asks for credentials and has no connection.',
    ],
    ['Swagger', { 'tools/a.json': '{ "swagger": "2.0" }' }, 'error tools/a.json:1 swagger: Only OpenAPI 3 is read.'],
    [
      'a toolkit',
      { 'tools/a.yaml': 'kind: mcp\nname: a\n' },
      'error tools/a.yaml:1 kind: This is a toolkit, not a tool.',
    ],
  ];
  it.each(mistakes)('with %s are told of', async (_, files, expected) => {
    const { said } = await readTools(files);
    expect(said.join('\n')).toContain(expected);
    expect(said.join('\n')).not.toContain('s3cret');
  });
});

function connection(kind: string, credentials: string): string {
  return `kind: connection\napp_id: shop\nenvironments: { draft: { kind: ${kind}, ${credentials} } }\n`;
}

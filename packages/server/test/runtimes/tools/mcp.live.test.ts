import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { McpServer as SdkServer, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../../src/model/index.ts';
import type { Tool, ToolResult } from '../../../src/ports/index.ts';
import { createToolbox, type McpServer, type ProjectToolbox, textForModel } from '../../../src/runtimes/tools/index.ts';
import { projectFolder } from '../../project/folder.ts';

const boxes: ProjectToolbox[] = [];
afterEach(async () => {
  await Promise.all(boxes.splice(0).map((box) => box.close()));
});

function boxOf(...toolkits: McpServer[]) {
  const troubles: unknown[] = [];
  const box = createToolbox({ onTrouble: (trouble) => troubles.push(trouble) });
  boxes.push(box);
  box.replace({ tools: [], toolkits });
  return { box, troubles };
}

function kit(more: Partial<McpServer> = {}, env: Record<string, string> = {}): McpServer {
  return {
    name: 'maths',
    reach: {
      by: 'stdio',
      command: process.execPath,
      args: [join(import.meta.dirname, 'mcp-server.mjs')],
      env: { NODE_OPTIONS: '', ...env },
      folder: import.meta.dirname,
    },
    tools: null,
    permission: null,
    approve: undefined,
    timeoutMs: 10_000,
    ...more,
  };
}

const never = () => new AbortController().signal;

async function tools(box: ProjectToolbox, ...names: string[]): Promise<readonly Tool[]> {
  return box.resolve(names, never());
}

function call(tool: Tool | undefined, input: JsonObject = {}): Promise<ToolResult> {
  const around = { runId: 'r', stepId: 's1', threadId: 't', context: {}, signal: never(), show: () => {} };
  return (tool as Tool).call(input, around);
}

describe('a toolkit over stdio', () => {
  it('gives its tools with what the server says of them', async () => {
    const { box } = boxOf(kit());
    const all = await tools(box, 'maths');
    expect(all.map(({ name, displayName, permission, approve }) => [name, displayName, permission, approve])).toEqual([
      ['add', 'Add', 'read_only', false],
      ['fail', 'fail', 'read_write', true],
      ['crash', 'crash', 'read_write', true],
      ['slow', 'slow', 'read_write', true],
      ['grow', 'grow', 'read_write', true],
      ['environment', 'environment', 'read_write', true],
    ]);
    const result = await call(all[0], { a: 1, b: 2 });
    expect(result).toMatchObject({
      content: [{ type: 'text', text: '3' }],
      structuredContent: { sum: 3 },
      meta: { own: 1 },
    });
    expect(await call(all[1])).toMatchObject({ isError: true, content: [{ text: 'No luck.' }] });
  });

  it('is filtered, and a tool is found by its name with or without the toolkit', async () => {
    const { box } = boxOf(kit({ tools: ['add', 'slow'], permission: 'admin' }));
    expect((await tools(box, 'maths')).map(({ name }) => name)).toEqual(['add', 'slow']);
    expect((await tools(box, 'maths:add', 'slow', 'maths:fail', 'nothing')).map(({ name }) => name)).toEqual([
      'add',
      'slow',
    ]);
    expect((await tools(box, 'add'))[0]).toMatchObject({ permission: 'admin', approve: true });
  });

  it('gives two tools of one name different names', async () => {
    const { box } = boxOf(kit({ tools: ['add'] }), kit({ name: 'other', tools: ['add'] }));
    expect((await tools(box, 'maths', 'other')).map(({ name }) => name)).toEqual(['add', 'other_add']);
  });

  it('gets the variables that it was given and not those of the server', async () => {
    process.env.CLEW_TEST_SECRET = 'hidden';
    onTestFinished(() => void delete process.env.CLEW_TEST_SECRET);
    const { box } = boxOf(kit({}, { GIVEN: 'here' }));
    const [environment] = await tools(box, 'environment');
    expect(textForModel(await call(environment, { name: 'GIVEN' }))).toBe('here');
    expect(textForModel(await call(environment, { name: 'CLEW_TEST_SECRET' }))).toBe('none');
  });

  it('shows progress, and carries a cancel to the server', async () => {
    const journal = join(projectFolder({ journal: '' }), 'journal');
    const { box } = boxOf(kit({}, { JOURNAL: journal }));
    const [slow] = await tools(box, 'slow');
    const cancel = new AbortController();
    const shown: string[] = [];
    const around = { runId: 'r', stepId: 's1', threadId: 't', context: {}, signal: cancel.signal };
    const made = (slow as Tool).call({}, { ...around, show: (text) => shown.push(text) });
    made.catch(() => {});
    await expect.poll(() => shown).toEqual(['half\n']);
    cancel.abort(new Error('Enough.'));
    await expect(made).rejects.toThrow();
    await expect.poll(() => readFileSync(journal, 'utf8')).toMatch(/slow\ncancelled\n/);
  });

  it('is started again after a crash; the call that it did not survive is not made again', async () => {
    const journal = join(projectFolder({ journal: '' }), 'journal');
    const { box, troubles } = boxOf(kit({}, { JOURNAL: journal }));
    const [crash, add] = await tools(box, 'crash', 'add');
    await expect(call(crash)).rejects.toMatchObject({ message: 'The connection to the tool broke.' });
    expect(textForModel(await call(add, { a: 2, b: 2 }))).toBe('4');
    expect(readFileSync(journal, 'utf8').match(/start/g)).toHaveLength(2);
    expect(troubles.length).toBeLessThanOrEqual(1);
  });

  it('takes note of tools that come', async () => {
    const { box } = boxOf(kit());
    const [grow] = await tools(box, 'grow');
    expect(await tools(box, 'grown')).toEqual([]);
    await call(grow);
    await expect.poll(async () => (await tools(box, 'grown')).length).toBe(1);
  });

  it('that cannot be started is reported, and tried again with growing pauses', async () => {
    const broken = kit({ reach: { by: 'stdio', command: 'no-such-program-here', args: [], env: {}, folder: '/' } });
    const { box, troubles } = boxOf(broken);
    for (const _ of [1, 2])
      await expect(tools(box, 'maths')).rejects.toMatchObject({
        code: 'tools_unavailable',
        message: 'The toolkit `maths` cannot be reached.',
      });
    expect(troubles).toHaveLength(2);
  });

  it('ends its process when it is closed, or no longer declared', async () => {
    const journal = join(projectFolder({ journal: '' }), 'journal');
    const mine = kit({}, { JOURNAL: journal });
    const { box } = boxOf(mine);
    await tools(box, 'maths');
    box.replace({ tools: [], toolkits: [{ ...mine }] });
    expect(await tools(box, 'maths')).toHaveLength(6);
    expect(readFileSync(journal, 'utf8').match(/start/g)).toHaveLength(1);
    const pid = Number(/start (\d+)/.exec(readFileSync(journal, 'utf8'))?.[1]);
    box.replace({ tools: [], toolkits: [] });
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
    expect(await tools(box, 'maths')).toEqual([]);
  });
});

describe('a toolkit over HTTP', () => {
  it('is spoken to with its headers, and again after its server restarted', async () => {
    const seen: (string | undefined)[] = [];
    const first = await httpServer(0, seen);
    const url = `http://127.0.0.1:${first.port}/mcp`;
    const { box } = boxOf(kit({ reach: { by: 'http', url, headers: { Authorization: 'Bearer abc' } } }));
    const [add] = await tools(box, 'add');
    expect(textForModel(await call(add, { a: 1, b: 1 }))).toBe('2');
    expect(new Set(seen)).toEqual(new Set(['Bearer abc']));
    await first.close();
    await expect(call(add, { a: 1, b: 1 })).rejects.toThrow();
    const second = await httpServer(first.port, seen);
    expect(textForModel(await call(add, { a: 2, b: 1 }))).toBe('3');
    await second.close();
  });

  it('starts a new session when the server has forgotten the old one', async () => {
    const server = await httpServer(0, []);
    const reach = { by: 'http', url: `http://127.0.0.1:${server.port}/mcp`, headers: {} } as const;
    const { box } = boxOf(kit({ reach }));
    const [add] = await tools(box, 'add');
    server.forget();
    expect(textForModel(await call(add, { a: 2, b: 3 }))).toBe('5');
    await server.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A real MCP server with sessions, on a real port. */
async function httpServer(port: number, seen: (string | undefined)[]) {
  let sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const http: Server = createServer(async (request, response) => {
    seen.push(request.headers.authorization);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const id = request.headers['mcp-session-id'];
    const body = Buffer.concat(chunks);
    let transport = typeof id === 'string' ? sessions.get(id) : undefined;
    if (typeof id === 'string' && !transport) {
      response.writeHead(404).end();
      return;
    }
    transport ??= await session();
    const answer = await transport.handleRequest(
      new Request(`http://127.0.0.1${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.entries(request.headers).filter(
          (pair): pair is [string, string] => typeof pair[1] === 'string',
        ),
        ...(body.length > 0 ? { body } : {}),
      }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  });
  async function session() {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    const server = new SdkServer({ name: 'http', version: '1' });
    const inputSchema = z.object({ a: z.number(), b: z.number() });
    server.registerTool('add', { description: 'Adds.', inputSchema }, ({ a, b }) => ({
      content: [{ type: 'text', text: String((a as number) + (b as number)) }],
    }));
    await server.connect(transport);
    return transport;
  }
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve));
  const close = async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  onTestFinished(() => close().catch(() => {}));
  return {
    port: (http.address() as AddressInfo).port,
    close,
    forget: () => {
      sessions = new Map();
    },
  };
}

/** An MCP server over stdio, whose tools let a test see and steer what becomes of it. */
import { appendFileSync } from 'node:fs';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const journal = process.env.JOURNAL;
const note = (line) => journal && appendFileSync(journal, `${line}\n`);
note(`start ${process.pid}`);
process.on('exit', () => note(`exit ${process.pid}`));

const server = new McpServer({ name: 'test', version: '1' });
server.registerTool(
  'add',
  {
    title: 'Add',
    description: 'Adds.',
    inputSchema: z.object({ a: z.number(), b: z.number() }),
    annotations: { readOnlyHint: true },
  },
  ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
    structuredContent: { sum: a + b },
    _meta: { own: 1 },
  }),
);
server.registerTool('fail', { description: 'Fails.', inputSchema: z.object({}) }, () => {
  throw new Error('No luck.');
});
server.registerTool('crash', { description: 'Ends the process.', inputSchema: z.object({}) }, () => process.exit(3));
server.registerTool('slow', { description: 'Never ends.', inputSchema: z.object({}) }, async (_, { mcpReq }) => {
  const token = mcpReq._meta?.progressToken;
  await mcpReq.notify({
    method: 'notifications/progress',
    params: { progressToken: token, progress: 1, total: 2, message: 'half' },
  });
  note('slow');
  await new Promise((resolve) => mcpReq.signal.addEventListener('abort', resolve));
  note('cancelled');
  return { content: [] };
});
server.registerTool('grow', { description: 'Brings another tool.', inputSchema: z.object({}) }, () => {
  server.registerTool('grown', { description: 'New.', inputSchema: z.object({}) }, () => ({
    content: [{ type: 'text', text: 'new' }],
  }));
  return { content: [{ type: 'text', text: 'grown' }] };
});
server.registerTool(
  'environment',
  { description: 'A variable.', inputSchema: z.object({ name: z.string() }) },
  ({ name }) => ({
    content: [{ type: 'text', text: process.env[name] ?? 'none' }],
  }),
);
if (process.env.PIXEL)
  server.registerTool('picture', { description: 'Pictures.', inputSchema: z.object({}) }, () => ({
    content: [
      { type: 'image', data: process.env.PIXEL, mimeType: 'image/png' },
      { type: 'image', data: 'AA==', mimeType: 'image/gif', annotations: { audience: ['assistant'] } },
      { type: 'resource', resource: { uri: 'file:///a.jpg', mimeType: 'image/jpeg', blob: 'AA==' } },
    ],
  }));
await server.connect(new StdioServerTransport());

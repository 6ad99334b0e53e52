import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createToolbox } from '../../../src/runtimes/tools/index.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

it('a picture comes from an MCP server as a result has it, but not where it is for the model alone', async () => {
  const box = createToolbox();
  onTestFinished(() => box.close());
  const reach = {
    by: 'stdio',
    command: process.execPath,
    args: [join(import.meta.dirname, 'mcp-server.mjs')],
    env: { NODE_OPTIONS: '', PIXEL },
    folder: import.meta.dirname,
  } as const;
  const kit = { name: 'art', reach, tools: null, permission: null, approve: undefined, timeoutMs: 5_000 };
  box.replace({ tools: [], toolkits: [kit] });
  const signal = new AbortController().signal;
  const [picture] = await box.resolve(['art:picture'], signal);
  const around = { runId: 'r', stepId: 's1', threadId: 't', context: {}, signal, show: () => {} };
  expect(await picture?.call({}, around)).toMatchObject({
    content: [
      { type: 'text', text: '(image, image/png)', audience: ['assistant'] },
      { text: '(image, image/gif)' },
      { text: '(image, image/jpeg)' },
    ],
    media: [
      { contentType: 'image/png', data: PIXEL },
      { contentType: 'image/jpeg', data: 'AA==' },
    ],
  });
});

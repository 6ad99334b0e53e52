import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../../src/app/log.ts';

/** What a log for people has written. */
async function written(say: (log: ReturnType<typeof createLog>) => void): Promise<string> {
  const stream = new PassThrough();
  say(createLog({ level: 'debug', format: 'pretty' }, stream));
  stream.end();
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

test('what others have said neither moves the cursor of whoever reads the log, nor looks like a line of it', async () => {
  const text = await written((log) => {
    log.warn({ origin: 'https://a.example\u001b[2J\u009b1A', problem: 'No.\n12:00:00 info  all is well\r' }, 'refused');
    log.error({ err: new Error('said \u001b]0;title\u0007') }, 'broke');
  });
  const [first = '', second = ''] = text.split('\n');
  expect(first).toContain('origin=https://a.example[2J1A');
  expect(first).toContain('problem=No. 12:00:00 info  all is well');
  expect(second).toContain('broke');
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b[^[]|\u001b\[\d*[^\dm]/);
});

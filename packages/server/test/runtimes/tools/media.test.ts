import { randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import type { FilePart } from '../../../src/model/index.ts';
import type { Runtime, StoredFile, Tool } from '../../../src/ports/index.ts';
import { callTools, textForModel } from '../../../src/runtimes/tools/index.ts';
import { toResult } from '../../../src/runtimes/tools/result.ts';
import { createAttachments, createFileLinks, openDisk, withFiles } from '../../../src/storage/files/index.ts';
import { anna, engines } from '../../engine/kit.ts';
import { NO_DOCUMENTS } from '../llm/kit.ts';
import { lastMessage, toolOf } from './kit.ts';

const engineWith = engines();

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** An engine whose files are on a real disk, and an agent that makes this call. */
function gallery(call: Tool['call'], bytes = 10_000) {
  const clock = { now: () => Date.now(), id: () => randomUUID() };
  const rules = { bytes, spreadsheetBytes: 1, types: ['image/*'] };
  const files = openDisk({ folder: null, rules });
  onTestFinished(() => files.close());
  const secret = new Uint8Array(32).fill(1);
  const links = createFileLinks({ secret, publicUrl: () => 'https://chat.example.com', seconds: 60 });
  const attachments = createAttachments(files, links, clock);
  const tool = toolOf({ name: 'chart', inputSchema: { type: 'object' }, call });
  const painter: Runtime['run'] = async (turn, emit, signal) => {
    const [result] = await callTools([{ tool, input: {}, callId: 'c' }], { turn, emit, signal, attachments });
    emit.text(`[${textForModel(result as never)}]`);
  };
  const wrap = (store: Parameters<typeof withFiles>[0]) =>
    withFiles(store, { files, links, knowledge: NO_DOCUMENTS, clock });
  return { files, links, ...engineWith({ painter }, { wrap }) };
}

async function stored(files: ReturnType<typeof gallery>['files']) {
  const all: StoredFile[] = [];
  for await (const file of files.list()) all.push(file);
  return all;
}

it('a picture that a tool gives back becomes a file of the person, and goes with the thread', async () => {
  const { files, links, send, log, engine } = gallery(async () =>
    toResult({
      content: [
        { type: 'text', text: 'Sales.' },
        { type: 'image', data: PIXEL, mimeType: 'image/png' },
      ],
    }),
  );
  const { run } = await send('painter');
  const events = await log(run.id);
  const { parts, steps } = lastMessage(events);
  const file = parts.find((part) => part.type === 'file') as FilePart;
  expect(file).toMatchObject({ contentType: 'image/png', name: 'chart.png' });
  const id = links.idOf(file.url as string, Date.now());
  expect(await stored(files)).toMatchObject([{ id, userId: anna.userId, contentType: 'image/png' }]);
  expect(JSON.stringify(events)).not.toContain(PIXEL);
  expect(steps[0]?.output).toMatchObject({ _meta: { 'clew/files': [{ id, name: 'chart.png' }] } });
  expect(parts.at(-1)).toEqual({ type: 'text', text: '[Sales.\n(image, image/png)\nIt was shown to the person.]' });
  await engine.library.deleteThread(anna, run.threadId);
  expect(await stored(files)).toEqual([]);
});

it('one that the store refuses is named, and the call has worked all the same', async () => {
  const picture = { type: 'image', data: PIXEL, mimeType: 'image/png' };
  const text = { type: 'image', data: Buffer.from('<html>').toString('base64'), mimeType: 'image/png' };
  const { files, send, log } = gallery(async () => toResult({ content: [picture, text] }), 10);
  const { run } = await send('painter');
  expect(lastMessage(await log(run.id)).parts).toEqual([
    { type: 'text', text: '[(image, image/png)\n(image, image/png)]' },
  ]);
  expect(await stored(files)).toEqual([]);
});

import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { ROOT } from '../../kit/server.ts';
import { chat } from '../page/open.ts';

const { open, serve } = chat();
const MANUAL = '# Manual\n\n## Reset\n\nTo reset the boiler, hold the red button for nine seconds.\n';

const project = join(ROOT, 'test/files/project');
const reader = async (args: readonly string[] = []) => {
  const { url } = await serve({ project, args: ['--db', ':memory:', '--grace-ms', '0', ...args] });
  return open({ url, agent: 'reader' });
};
const manual = (name: string) => ({ name, mimeType: 'text/markdown', buffer: Buffer.from(MANUAL) });
const choose = (page: Page, ...names: readonly string[]) =>
  page.locator('.attach input').setInputFiles(names.map(manual));
const waiting = (page: Page) => page.getByRole('list', { name: 'Files to send' }).getByRole('listitem');
const field = (page: Page) => page.getByRole('textbox', { name: 'Message Reader' });

/** Gives the page a file as dragging and copying do. */
const give = (page: Page, how: 'drop' | 'paste') =>
  page.locator('.panel').evaluate(
    (panel, { type, text }) => {
      const data = new DataTransfer();
      data.items.add(new File([text], `${type}.md`));
      const more = { bubbles: true, cancelable: true };
      if (type === 'paste') panel.dispatchEvent(new ClipboardEvent('paste', { ...more, clipboardData: data }));
      else
        for (const step of ['dragenter', 'dragover', 'drop'])
          panel.dispatchEvent(new DragEvent(step, { ...more, dataTransfer: data }));
    },
    { type: how, text: MANUAL },
  );

test('files are chosen, dropped and pasted, taken back, sent, shown in the bubble and answered from', async () => {
  const page = await reader();
  await page.getByRole('button', { name: 'Attach files' }).waitFor();
  await choose(page, 'manual.md', 'other.md');
  await give(page, 'drop');
  await give(page, 'paste');
  await expect.poll(() => waiting(page).allInnerTexts()).toEqual(['manual.md', 'other.md', 'drop.md', 'paste.md']);
  for (const name of ['other.md', 'drop.md', 'paste.md'])
    await page.getByRole('button', { name: `Remove ${name}` }).click();
  await page.locator('.attachments [data-state=ready]').waitFor();
  await field(page).fill('How do I reset the boiler?');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.prose', { hasText: 'nine seconds' }).waitFor();
  const question = page.locator('.question');
  expect(await question.innerText()).toContain('How do I reset the boiler?');
  expect(await question.getByRole('listitem').allInnerTexts()).toEqual(['manual.md']);
  expect(await waiting(page).count()).toBe(0);

  await page.reload();
  await page.locator('.prose', { hasText: 'nine seconds' }).waitFor();
  expect(await question.getByRole('listitem').allInnerTexts()).toEqual(['manual.md']);
});

test('a file goes without a word', async () => {
  const page = await reader();
  await page.getByRole('button', { name: 'Attach files' }).waitFor();
  const send = page.getByRole('button', { name: 'Send' });
  expect(await send.isDisabled()).toBe(true);
  await choose(page, 'manual.md');
  await send.and(page.locator(':enabled')).click();
  await page.locator('.prose', { hasText: 'I have read' }).waitFor();
  expect(await page.locator('.question .bubble').count()).toBe(0);
});

test('a message waits for its files, and a file that is refused says so and can be taken away', async () => {
  const page = await reader(['--upload-bytes', '1024']);
  await page.getByRole('button', { name: 'Attach files' }).waitFor();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/upload-to-s3', async (route) => {
    await held;
    await route.continue();
  });
  await field(page).fill('hello');
  const send = page.getByRole('button', { name: 'Send' });
  expect(await send.isEnabled()).toBe(true);
  await page
    .locator('.attach input')
    .setInputFiles({ name: 'big.txt', mimeType: 'text/plain', buffer: Buffer.alloc(2_000, 'x') });
  await expect.poll(() => send.isDisabled()).toBe(true);
  expect(await waiting(page).getAttribute('aria-busy')).toBe('true');
  release();
  await page.locator('.attachments [data-state=failed]').waitFor();
  expect(await page.locator('[aria-live]').allInnerTexts()).toEqual(
    expect.arrayContaining([expect.stringContaining('big.txt is too large')]),
  );
  await expect.poll(() => send.isEnabled()).toBe(true);
  await page.getByRole('button', { name: 'Remove big.txt' }).click();
  expect(await waiting(page).count()).toBe(0);
});

test('an agent that reads no files is offered none, and nothing is loaded for it', async () => {
  const { url } = await serve({ project, args: ['--db', ':memory:', '--grace-ms', '0'] });
  const page = await open({ url, agent: 'echo' });
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.reload();
  await page.getByRole('textbox', { name: 'Message echo' }).waitFor();
  await give(page, 'drop');
  expect(await page.getByRole('button', { name: 'Attach files' }).count()).toBe(0);
  expect(loaded.filter((address) => address.includes('/attach-'))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../kit/server.ts';
import { tempDir } from '../../kit/temp-dir.ts';
import { chat, say } from '../page/open.ts';

const { open, serve } = chat();

/** The support desk, with a ledger of its own. */
async function desk() {
  const folder = tempDir();
  const ledger = join(folder, 'refunds.ndjson');
  const { url } = await serve({
    project: join(ROOT, 'examples/support'),
    args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0'],
    env: { SUPPORT_LEDGER: ledger },
  });
  const page = await open({ url, agent: 'support_desk' });
  return {
    page,
    url,
    refunds: () =>
      readFileSync(ledger, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  };
}

test('a person changes the amount in the form, and that is what is paid', async () => {
  const { page, refunds } = await desk();
  await say(page, 'Please refund order A100');
  await page.getByText('Approve: Refund an order?', { exact: true }).waitFor();
  await page.getByRole('spinbutton', { name: 'amount' }).fill('20');
  await page.getByRole('button', { name: 'Send decision' }).click();
  await page.getByText('20 € will be back in your account').first().waitFor();
  expect(refunds()).toMatchObject([{ order: 'A100', amount: 20 }]);
  await page.reload();
  await page.locator('.form-closed').getByText('Sent', { exact: true }).waitFor();
  expect(await page.locator('.form-values').innerText()).toContain('20');
});

test('a person says no with the button of the form', async () => {
  const { page, refunds } = await desk();
  await say(page, 'Please refund order A102');
  await page.getByRole('button', { name: 'Reject', exact: true }).click();
  await page.getByText('No money was paid back').first().waitFor();
  expect(refunds).toThrow('ENOENT');
});

test('somebody else decides on a phone, on the page of a link', async () => {
  const { page, url, refunds } = await desk();
  await say(page, 'Please refund order A100');
  await page.getByText('Approve: Refund an order?', { exact: true }).waitFor();
  const api = `${url}/api/v1/orchestrate/runs`;
  const { data } = await (await fetch(`${api}?status=requires_input`)).json();
  const made = await fetch(`${api}/${data[0].id}/approval/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Ann"}',
  });
  const phone = await page.context().newPage();
  const complaints: string[] = [];
  phone.on('console', (message) => complaints.push(message.text()));
  await phone.setViewportSize({ width: 360, height: 640 });
  await phone.goto((await made.json()).url);
  await phone.getByRole('heading', { name: 'Approve: Refund an order?' }).waitFor();
  expect(await phone.getByRole('definition').allInnerTexts()).toEqual(['A100', '39.9']);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  // The style is let through by its hash.
  const box = await phone.getByRole('button', { name: 'Approve' }).boundingBox();
  expect(box?.height).toBeGreaterThanOrEqual(44);
  expect(complaints).toEqual([]);
  expect(refunds).toThrow('ENOENT');
  await phone.getByRole('button', { name: 'Approve' }).click();
  await phone.getByRole('heading', { name: 'Approved' }).waitFor();
  await expect.poll(() => refunds()).toMatchObject([{ order: 'A100', amount: 39.9 }]);
  await phone.reload();
  await phone.getByText(/by link: Ann\./).waitFor();
});

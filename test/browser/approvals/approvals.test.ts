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
  await page.getByText('Approve: Refund an order?').waitFor();
  await page.getByRole('spinbutton', { name: 'amount' }).fill('20');
  await page.getByRole('button', { name: 'Send decision' }).click();
  await page.getByText('20 € will be back in your account').first().waitFor();
  expect(refunds()).toMatchObject([{ order: 'A100', amount: 20 }]);
});

test('a person says no with the button of the form', async () => {
  const { page, refunds } = await desk();
  await say(page, 'Please refund order A102');
  await page.getByRole('button', { name: 'Reject', exact: true }).click();
  await page.getByText('No money was paid back').first().waitFor();
  expect(refunds).toThrow('ENOENT');
});

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';

const RUNS = '/api/v1/orchestrate/runs';

/** The support desk in a process of its own, with a run that waits for an approval. */
async function desk(args: readonly string[] = []) {
  const folder = tempDir();
  const { url } = await serve({
    project: 'examples/support',
    args: ['--db', join(folder, 'clew.db'), '--grace-ms', '0', ...args],
    env: { SUPPORT_LEDGER: join(folder, 'refunds.ndjson') },
  });
  const json = async (method: string, path: string, body?: object) => {
    const init = body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {};
    const response = await fetch(`${url}${path}`, { method, ...init });
    // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every kind
    return { status: response.status, body: (await response.json()) as any };
  };
  const until = (id: string, status: string) =>
    expect.poll(async () => (await json('GET', `${RUNS}/${id}`)).body.status, { timeout: 10_000 }).toBe(status);
  return {
    url,
    json,
    until,
    async ask(): Promise<string> {
      const { body } = await json('POST', RUNS, { message: { role: 'user', content: 'Please refund order A100' } });
      await until(body.run_id, 'requires_input');
      return body.run_id;
    },
    /** What the run said last. */
    async answer(id: string): Promise<string> {
      return (await json('GET', `${RUNS}/${id}`)).body.result.data.message.content[0].text;
    },
    async page(address: string, fields?: Record<string, string>) {
      const init = fields ? { method: 'POST', body: new URLSearchParams(fields), headers: { origin: url } } : {};
      const response = await fetch(address, init);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}

it('is decided on the page of a signed link: by POST alone, once, in the name of the link', async () => {
  const { json, ask, until, page, answer } = await desk();
  const run = await ask();
  const link = await json('POST', `${RUNS}/${run}/approval/link`, { name: '<i>Ann</i>', expires_in: 600 });
  expect(link).toMatchObject({ status: 200, body: { wait_id: 'w1' } });
  for (const _ of [1, 2]) {
    const shown = await page(link.body.url);
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('<dt>amount</dt><dd><pre>39.9</pre></dd>');
    expect(shown.text).toContain('&lt;i&gt;Ann&lt;/i&gt;');
    expect(shown.text).not.toContain('<script');
    expect(shown.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; /);
    expect(shown.headers.get('referrer-policy')).toBe('same-origin');
    expect(shown.headers.get('content-security-policy')).toContain("; frame-ancestors 'none'");
    expect(shown.headers.get('x-frame-options')).toBe('DENY');
    expect(shown.headers.get('cache-control')).toBe('no-store');
    // Nothing of another site is loaded or linked to, which would be told the address.
    expect(shown.text).not.toMatch(/(href|src|action)="(?!\/favicon)/);
  }
  expect((await json('GET', `${RUNS}/${run}`)).body.status).toBe('requires_input');
  expect(await page(link.body.url, { decision: 'perhaps' })).toMatchObject({ status: 422 });

  const decisions = await Promise.all(
    ['approve', 'reject', 'approve', 'reject'].map((decision) => page(link.body.url, { decision })),
  );
  expect(decisions.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
  await until(run, 'completed');
  const won = decisions.find(({ status }) => status === 200)?.text ?? '';
  expect(await answer(run)).toMatch(/<h1>Approved/.test(won) ? /39.9 € will be back/ : /No money was paid back/);

  const late = await page(link.body.url);
  expect(late).toMatchObject({ status: 409 });
  expect(late.text).toContain('by link: &lt;i&gt;Ann&lt;/i&gt;.');
  const { thread_id } = (await json('GET', `${RUNS}/${run}`)).body;
  const { body } = await json('GET', `/api/v1/threads/${thread_id}/messages`);
  const approval = JSON.stringify(body);
  expect(approval).toMatch(/clew\/approval.*link: <i>Ann<\/i>/);
});

it('a link is good for its own question only, and not as a token', async () => {
  const { json, ask, page, url } = await desk();
  const [first, second] = [await ask(), await ask()];
  const link = await json('POST', `${RUNS}/${first}/approval/link`, {});
  const token = new URL(link.body.url).searchParams.get('t') as string;
  const parts = token.split('.');
  const claims = JSON.parse(Buffer.from(parts[1] as string, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...claims, sub: second })).toString('base64url');
  const forged = `${url}/approve?t=${parts[0]}.${other}.${parts[2]}`;
  expect(await page(forged, { decision: 'approve' })).toMatchObject({ status: 403 });
  expect(await page(`${url}/approve`)).toMatchObject({ status: 403 });
  for (const origin of ['https://evil.example', 'null']) {
    const body = new URLSearchParams({ decision: 'approve' });
    const foreign = await fetch(link.body.url, { method: 'POST', body, headers: { origin } });
    expect([origin, foreign.status]).toEqual([origin, 403]);
  }
  expect((await json('GET', `${RUNS}/${first}/approval`)).body.calls).toEqual([
    { name: 'refund', title: 'Refund an order', input: { order: 'A100', amount: 39.9 } },
  ]);
  const wrong = await json('POST', `${RUNS}/${first}/approval`, { decision: 'approve', wait_id: 'w2' });
  expect(wrong).toMatchObject({ status: 409, body: { code: 'run_not_waiting' } });
});

it('shows by their codes what cannot be seen, so that nothing looks like something else', async () => {
  const { json, ask, page } = await desk();
  const name = 'Ann\u202eevil\u2066\u200b\u001b[2J';
  const link = await json('POST', `${RUNS}/${await ask()}/approval/link`, { name });
  expect((await page(link.body.url)).text).toContain('Ann[U+202E]evil[U+2066][U+200B][U+001B][2J');
});

it('is decided by a program, with another input; one that does not fit is asked about again', async () => {
  const { json, ask, until, answer } = await desk();
  const run = await ask();
  const bad = await json('POST', `${RUNS}/${run}/approval`, { decision: 'approve', input: { amount: 'much' } });
  expect(bad.status).toBe(200);
  await expect.poll(async () => (await json('GET', `${RUNS}/${run}/approval`)).body.wait_id).toBe('w2');
  expect((await json('GET', `${RUNS}/${run}/approval`)).body.text).toMatch(/^This does not fit .*input\/amount/);
  await json('POST', `${RUNS}/${run}/approval`, { decision: 'approve', input: { amount: 12 } });
  await until(run, 'completed');
  expect(await answer(run)).toMatch(/^12 € will be back/);
  const late = await json('POST', `${RUNS}/${run}/approval`, { decision: 'reject' });
  expect(late).toMatchObject({ status: 409, body: { code: 'run_not_waiting' } });
});

it('is rejected when nobody decides in time', async () => {
  const { json, until, answer } = await desk(['--approval-expire-ms', '200', '--wait-ms', '400']);
  const { body } = await json('POST', RUNS, { message: { role: 'user', content: 'Please refund order A100' } });
  await until(body.run_id, 'completed');
  expect(await answer(body.run_id)).toMatch(/^No money was paid back. .*Nobody approved this call in time/);
});

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clew } from '../console.ts';
import { apply, failures, lineWith, type World, world } from './world.ts';

const signed = (channel: Record<string, unknown> = {}) =>
  world({ channel: { modes: ['signed'], keys: ['site.pem'], ...channel } });
const seconds = () => Math.floor(Date.now() / 1_000);
const inPage = (it: World, token: string) => {
  it.configuration = [...it.configuration.filter((line) => !line.startsWith('token:')), `token: '${token}',`];
};

describe('a channel for signed users', () => {
  test('takes a token that is as it must be', async () => {
    const it = await signed();
    inPage(it, await it.sign({}));
    const lines = await it.lines();
    expect(lines.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(lines.map(({ what }) => what)).toContain('The server takes the token.');
  });

  test.each([
    ['token_expired', (it: World) => it.sign({ exp: seconds() - 3_600 })],
    ['token_endless', (it: World) => it.sign({ exp: undefined })],
    ['token_early', (it: World) => it.sign({ nbf: seconds() + 600 })],
    ['token_refused', (it: World) => it.sign({}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey)],
    ['token_algorithm', (it: World) => it.sign({}, new Uint8Array(64).fill(1), 'HS512')],
    ['token_malformed', async () => 'who knows'],
  ] as const)('%s is found, and gone with a token that is signed as printed', async (code, sign) => {
    const it = await signed();
    inPage(it, await sign(it));
    const lines = await it.lines();
    expect(failures(lines)).toEqual([code]);
    expect(lineWith(lines, code).fix).toMatch(/sign|Sign|machine/);
    inPage(it, await it.sign({}));
    expect(failures(await it.lines())).toEqual([]);
  });

  test('token_missing shows what the page needs; then the token can be given', async () => {
    const it = await signed();
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['token_missing']);
    await apply(lineWith(lines, 'token_missing'), it);
    const after = await it.lines();
    expect(failures(after)).toEqual([]);
    expect(lineWith(after, 'token_unknown').change).toContain('--token');
    it.token = await it.sign({});
    expect((await it.lines()).filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  test('security_not_set_up is gone after the printed command', async () => {
    const it = await signed({ keys: [] });
    inPage(it, await it.sign({}));
    const lines = await it.lines();
    expect(failures(lines)).toEqual(['security_not_set_up']);
    const { change } = lineWith(lines, 'security_not_set_up');
    expect(change).toBe('clew keys new --channel shop');
    const env = { CLEW_URL: it.host, CLEW_TOKEN: await it.server.operatorToken() };
    const made = await clew([...String(change).split(' ').slice(1), '--type', 'ec'], { cwd: it.folder, env });
    expect(made.code, made.stderr).toBe(0);
    const key = createPrivateKey(readFileSync(join(it.folder, 'clew-shop.key.pem'), 'utf8'));
    inPage(it, await it.sign({}, key));
    expect(failures(await it.lines())).toEqual([]);
  });

  test('the token is in nothing that is said', async () => {
    const it = await signed();
    const token = await it.sign({ exp: seconds() - 3_600 });
    inPage(it, token);
    expect(JSON.stringify(await it.lines())).not.toContain(token);
  });
});

describe('a channel for visitors', () => {
  test('gives a token for a proof of work', async () => {
    const it = await world({ channel: { proofOfWork: { difficulty: 1 } } });
    const lines = await it.lines();
    expect(lines.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(lines.map(({ what }) => what)).toContain('A visitor gets a token for a proof of work.');
  });

  test('channel_paused is told, and gone after the printed command', async () => {
    const it = await world();
    const env = { CLEW_URL: it.host, CLEW_TOKEN: await it.server.operatorToken() };
    expect((await clew(['channels', 'pause', 'shop'], { env, cwd: it.folder })).code).toBe(0);
    const { change } = lineWith(await it.lines(), 'channel_paused');
    await clew(String(change).split(' ').slice(1), { env, cwd: it.folder });
    expect((await it.lines()).filter(({ status }) => status !== 'ok')).toEqual([]);
  });
});

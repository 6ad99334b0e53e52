import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { clew } from '../../packages/server/test/cli/console.ts';
import { say, start } from './start.ts';

const server = await start({ default: { mode: 'signed' }, programs: { mode: 'apiKey', agents: ['echo'] } });
afterAll(() => server.end());

/** The command line as the operator types it in the project's folder. */
const typed = async (...argv: string[]) => {
  const done = await clew([...argv, '--url', server.url.replace(/\/\/[^:]+/, '//127.0.0.1')], { cwd: server.folder });
  if (done.code !== 0) throw new Error(done.stderr);
  return done;
};

describe('clew keys', () => {
  test.each([
    ['rsa', 'RS256'],
    ['ec', 'ES256'],
    ['ed25519', 'EdDSA'],
  ] as const)('makes a key of the type %s that signs, once, for nobody else to read', async (type, alg) => {
    const file = join(server.folder, `${type}.pem`);
    const { stdout, stderr } = await typed('keys', 'new', '--type', type, '--out', `${type}.pem`);
    const pem = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const word of ['Express', 'Next.js', 'Django', 'Rails']) expect(stdout).toContain(word);
    expect(stdout + stderr).not.toContain('PRIVATE KEY');
    const kid = /kid: '([\da-f]{32})'/.exec(stdout)?.[1];
    expect((await typed('keys', 'list')).stdout).toContain(kid);
    const token = await new SignJWT({ name: 'Ana' })
      .setProtectedHeader({ alg, kid: kid as string })
      .setSubject('ana')
      .setExpirationTime('15m')
      .sign(await importPKCS8(pem, alg));
    expect((await server.call('/threads', { token })).status).toBe(200);
    await expect(typed('keys', 'new', '--type', type, '--out', `${type}.pem`)).rejects.toThrow(/exists already/);
    await typed('keys', 'revoke', kid as string);
    expect((await server.call('/threads', { token })).status).toBe(401);
  });

  test('names a channel that does not exist', async () => {
    await expect(typed('keys', 'new', '--channel', 'nowhere', '--out', 'x.pem')).rejects.toThrow(/no such channel/);
  });

  test('is for the operator: without the secret of the installation it is nobody', async () => {
    const elsewhere = await clew(['keys', 'list', '--url', server.url]);
    expect([elsewhere.code, elsewhere.stdout]).toEqual([1, '']);
    expect(elsewhere.stderr).toMatch(/token|key/);
  });
});

describe('API keys', () => {
  const make = async (...argv: string[]) => JSON.parse((await typed('keys', 'api', 'new', '--json', ...argv)).stdout);

  test('of operators have no channel: it would narrow nothing', async () => {
    await expect(make('--name', 'admin', '--role', 'operator', '--channel', 'default')).rejects.toThrow(
      /every channel/,
    );
  });

  test('of a program reach its own conversations, and the agents of its channel', async () => {
    const [bot, other] = [await make('--name', 'bot'), await make('--name', 'other')];
    expect(bot.key).toMatch(/^clew_[\da-f]{12}_[\w-]{43}$/);
    const { threadId } = await say(server, 'beep', { token: bot.key });
    const byHeader = await server.call(`/threads/${threadId}`, { headers: { 'x-api-key': bot.key } });
    expect([byHeader.status, byHeader.body.created_by_username]).toEqual([200, 'bot']);
    expect((await server.call(`/threads/${threadId}`, { token: other.key })).status).toBe(404);
    expect(
      (await server.call('//agents', { token: bot.key })).body.agents.map((one: { name: string }) => one.name),
    ).toEqual(['echo']);
    expect((await server.call('/private/keys', { token: bot.key })).status).toBe(403);
  });

  test('of an operator do everything; revoked ones nothing', async () => {
    const admin = await make('--name', 'admin', '--role', 'operator');
    const listed = await server.call('/private/keys', { token: admin.key });
    expect(listed.body.keys.map((one: { name: string }) => one.name)).toContain('admin');
    expect(listed.text).not.toMatch(/hash|clew_/);
    await typed('keys', 'api', 'revoke', admin.id);
    expect((await server.call('/private/keys', { token: admin.key })).body.code).toBe('unauthorized');
    await expect(typed('keys', 'api', 'revoke', admin.id)).rejects.toThrow(/no such key/);
  });

  test('that are for another channel, or were made up, are refused', async () => {
    const { key } = await make('--name', 'bot', '--channel', 'programs');
    const headers = { 'x-ibm-wo-orchestrate-id': 'default' };
    expect((await server.call('/threads', { token: key })).status).toBe(200);
    expect((await server.call('/threads', { token: key, headers })).status).toBe(401);
    for (const wrong of [
      `${key.slice(0, -1)}!`,
      `${key.slice(0, -3)}AAA`,
      'clew_',
      `clew_${'0'.repeat(12)}_${'A'.repeat(43)}`,
    ]) {
      expect((await server.call('/threads', { headers: { 'x-api-key': wrong } })).status).toBe(401);
    }
  });

  test('are kept as hashes', async () => {
    const { key } = await make('--name', 'kept');
    const secret = key.split('_').slice(2).join('_');
    for (const file of ['clew.db', 'clew.db-wal']) {
      expect(readFileSync(join(server.folder, '.clew', file), 'latin1')).not.toContain(secret);
    }
  });
});

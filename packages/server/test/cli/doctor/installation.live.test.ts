import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Line } from '../../../src/cli/doctor/finding.ts';
import { checkVersions } from '../../../src/cli/doctor/installation/machine.ts';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { clew } from '../console.ts';
import { agentFile, folderOf, writeIn } from '../project.ts';
import { serving } from '../server.ts';
import { listen } from './front.ts';

const project = (files: Readonly<Record<string, string>> = {}) =>
  folderOf({ 'agents/echo.yaml': agentFile('echo'), 'clew.config.yaml': 'server:\n  port: 0\n', ...files });

/** Runs `clew doctor --json` in a folder. */
async function doctor(
  cwd: string,
  ...argv: string[]
): Promise<{ code: number; lines: Line[]; codes: (string | null)[] }> {
  const { code, stdout } = await clew(['doctor', '--json', ...argv], { cwd });
  const { lines } = JSON.parse(stdout) as { lines: Line[] };
  return { code, lines, codes: lines.flatMap((line) => (line.status === 'ok' ? [] : [line.code])) };
}

describe('an installation', () => {
  test('that is well has nothing to mend, before its first start and while it runs', async () => {
    const folder = project();
    expect(await doctor(folder)).toMatchObject({ code: EXIT.ok, codes: [] });
    const { url } = await serving(folder);
    writeIn(folder, 'clew.config.yaml', `server:\n  port: ${new URL(url).port}\n`);
    const { codes, lines } = await doctor(folder);
    expect(codes).toEqual([]);
    expect(lines.map(({ what }) => what)).toContain(`The server runs: ${url}`);
    const { stdout } = await clew(['doctor'], { cwd: folder });
    expect(stdout).toMatch(/^ok {4}Clew [\d.]+ runs on Node/);
    expect(stdout).toMatch(/\nAll is well\.\n$/);
  });

  test('is none outside of a project', async () => {
    expect(await doctor(folderOf({ 'readme.txt': '' }))).toMatchObject({
      code: EXIT.failed,
      codes: ['project_missing'],
    });
  });

  test('names settings and files with their lines', async () => {
    const folder = project({ 'clew.config.yaml': 'server:\n  prot: 1\n' });
    const wrong = await doctor(folder);
    expect(wrong).toMatchObject({ code: EXIT.failed, codes: ['settings_wrong'] });
    expect(wrong.lines.at(-1)?.what).toContain('clew.config.yaml:2');
    const broken = await doctor(project({ 'agents/echo.yaml': 'spec_version: v1\nkind: native\n' }));
    expect(broken.codes).toEqual(expect.arrayContaining(['agent_broken', 'agents_none']));
  });

  test('tells an old Node', () => {
    expect(checkVersions('22.17.9').code).toBe('node_old');
    expect(checkVersions('22.18.0').status).toBe('ok');
    expect(checkVersions('100.0.0').status).toBe('ok');
  });
});

describe('what is kept', () => {
  test('a secret that others can read is found, and gone after the printed command', async () => {
    const folder = project();
    mkdirSync(join(folder, '.clew'));
    const file = join(folder, '.clew', 'secret');
    writeFileSync(file, 'A'.repeat(43), { mode: 0o644 });
    chmodSync(file, 0o644);
    const { codes, lines } = await doctor(folder);
    expect(codes).toEqual(['secret_exposed']);
    const change = lines.find(({ code }) => code === 'secret_exposed')?.change;
    const [, mode, path] = /^chmod (\d+) '(.+)'$/.exec(String(change)) ?? [];
    chmodSync(String(path), Number.parseInt(String(mode), 8));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await doctor(folder)).codes).toEqual([]);
    writeFileSync(file, 'short');
    expect((await doctor(folder)).codes).toEqual(['secret_damaged']);
  });

  test('a file that is no database, and one that somebody else has open', async () => {
    const folder = project();
    writeIn(folder, '.clew/clew.db', 'x'.repeat(5_000));
    expect((await doctor(folder)).codes).toEqual(['database_unusable']);
    const other = project();
    await serving(other);
    // Its settings lead to another port than the one it runs on.
    expect((await doctor(other)).codes).toEqual(['database_locked']);
  });

  test('documents that are not in the index', async () => {
    const folder = project();
    const running = await serving(folder);
    await running.stop();
    writeIn(
      folder,
      'knowledge_bases/facts.yaml',
      'spec_version: v1\nkind: knowledge_base\nname: facts\ndescription: Facts.\ndocuments:\n  - a.md\n',
    );
    writeIn(folder, 'knowledge_bases/a.md', '# A\n\nText.\n');
    expect((await doctor(folder)).codes).toEqual(['knowledge_not_indexed']);
  });
});

test('a bucket of files is asked with --online', async () => {
  const folder = project({
    'clew.config.yaml': 'server:\n  port: 0\nfiles:\n  store: s3\n  bucket: uploads\n  endpoint: http://127.0.0.1:1\n',
  });
  vi.stubEnv('AWS_ACCESS_KEY_ID', '');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect((await doctor(folder)).codes).toEqual([]);
  const { codes, lines } = await doctor(folder, '--online');
  expect(codes).toEqual(['bucket_unusable']);
  expect(lines.find(({ code }) => code === 'bucket_unusable')?.what).toContain('AWS_ACCESS_KEY_ID');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'known');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'planted-secret');
  const away = await doctor(folder, '--online');
  expect(away.codes).toEqual(['bucket_unusable']);
  expect(JSON.stringify(away.lines)).not.toContain('planted-secret');
});

describe('ways in', () => {
  test('a port that another program has, and one that is sick', async () => {
    let body = 'An app';
    let status = 200;
    const url = await listen((_, outgoing) =>
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body),
    );
    const folder = project({ 'clew.config.yaml': `server:\n  port: ${new URL(url).port}\n` });
    const taken = await doctor(folder);
    expect(taken.codes).toEqual(['port_taken']);
    [status, body] = [503, '{"status":"unavailable","version":"0.1.0"}'];
    expect((await doctor(folder)).codes).toEqual(['server_sick']);
    [status, body] = [200, '{"status":"ok","version":"0.0.1"}'];
    expect((await doctor(folder)).codes).toEqual(['server_other']);
    writeIn(folder, 'clew.config.yaml', 'server:\n  port: 0\n');
    expect((await doctor(folder)).codes).toEqual([]);
  });

  test('channels that nobody can use, or everybody', async () => {
    const folder = project({
      'clew.config.yaml':
        'server:\n  port: 0\n  host: 0.0.0.0\nchannels:\n  shop:\n    modes: [open]\n  site:\n    modes: [anonymous]\n',
    });
    expect((await doctor(folder)).codes).toEqual(['channel_open_to_all', 'channel_without_origins']);
    writeIn(
      folder,
      'clew.config.yaml',
      'server:\n  port: 0\nchannels:\n  site:\n    modes: [signed]\n    origins: [https://www.example.com]\n',
    );
    const { url } = await serving(folder);
    const port = new URL(url).port;
    writeIn(
      folder,
      'clew.config.yaml',
      `server:\n  port: ${port}\nchannels:\n  site:\n    modes: [signed]\n    origins: [https://www.example.com]\n`,
    );
    expect((await doctor(folder)).codes).toEqual(['channel_not_set_up']);
    await clew(['channels', 'pause', 'site'], { cwd: folder, env: { CLEW_URL: url } });
    const paused = await doctor(folder);
    expect(paused.codes).toEqual(['channel_not_set_up', 'channel_paused']);
    const change = paused.lines.find(({ code }) => code === 'channel_paused')?.change ?? '';
    await clew(change.split(' ').slice(1), { cwd: folder, env: { CLEW_URL: url } });
    expect((await doctor(folder)).codes).toEqual(['channel_not_set_up']);
  });

  test('providers of models, asked only with --online', async () => {
    let status = 401;
    let asked = 0;
    vi.stubEnv('DOCTOR_KEY', 'wrong-key');
    onTestFinished(() => void vi.unstubAllEnvs());
    const url = await listen((_, outgoing) => {
      asked++;
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end('{"data":[]}');
    });
    const folder = project({
      'agents/echo.yaml': agentFile('echo', 'mine/model'),
      'clew.config.yaml': `server:\n  port: 0\nmodels:\n  mine:\n    baseUrl: ${url}/v1\n    apiKey: \${DOCTOR_KEY}\n`,
    });
    expect((await doctor(folder)).codes).toEqual([]);
    expect(asked).toBe(0);
    const refused = await doctor(folder, '--online');
    expect(refused.codes).toEqual(['model_refused']);
    expect(JSON.stringify(refused.lines)).not.toContain('wrong-key');
    status = 200;
    expect((await doctor(folder, '--online')).codes).toEqual([]);
  });
});

test('a page that is none is a mistake of whoever wrote it', async () => {
  expect(await clew(['doctor', 'ftp://example.com'])).toMatchObject({ code: EXIT.usage });
  expect(await clew(['doctor', 'https://example.com', '--idle', '500'])).toMatchObject({ code: EXIT.usage });
});

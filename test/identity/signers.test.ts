import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SIGNERS, type Signing } from '../../packages/server/src/cli/keys/signers.ts';
import { clew } from '../../packages/server/test/cli/console.ts';
import { works } from '../kit/programs.ts';
import { ROOT } from '../kit/server.ts';
import { start } from './start.ts';

/** What `clew keys new` prints is run as it was printed, with as much of its framework around it as it touches. */
const server = await start({ default: { mode: 'signed' } });
afterAll(() => server.end());
const folder = server.folder;

const TYPES = { rsa: 'RS256', ec: 'ES256', ed25519: 'EdDSA' } as const;
type KeyType = keyof typeof TYPES;
const signing = {} as Record<KeyType, Signing>;

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Runs a program in the project's folder, where the private key lies; what it printed. */
function run(program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${done.stderr || done.error}`);
  return done.stdout.trim();
}

const PYTHON = works('python3', '--version');
const PYJWT = PYTHON && works('python3', '-c', 'import jwt, cryptography');
const RUBY = works('ruby', '--version');

/** Whether the server takes the token for who its claims name. */
async function expectTaken(token: string, name: string): Promise<void> {
  const { status, body } = await server.call('/threads', { token, method: 'POST', body: { title: 'hello' } });
  expect([status, body]).toEqual([201, { thread_id: expect.any(String) }]);
  expect((await server.call(`/threads/${body.thread_id}`, { token })).body.created_by_username).toBe(name);
}

beforeAll(async () => {
  for (const [type, alg] of Object.entries(TYPES) as [KeyType, Signing['alg']][]) {
    const argv = ['keys', 'new', '--type', type, '--out', `${type}.pem`, '--url', server.url];
    const { code, stdout, stderr } = await clew(argv, { cwd: folder });
    expect([code, stderr.includes('error')]).toEqual([0, false]);
    const kid = /kid: '([\da-f]{32})'/.exec(stdout)?.[1] ?? '';
    signing[type] = { file: `${type}.pem`, alg, kid };
    for (const { write } of Object.values(SIGNERS)) expect(stdout).toContain(write(signing[type]));
  }
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules', 'jose'), join(folder, 'node_modules', 'jose'), 'dir');
});

const printed = (framework: string, type: KeyType) => SIGNERS[framework]?.write(signing[type]) ?? '';

describe.each(['rsa', 'ec', 'ed25519'] as const)('the signer that is printed for a key of the type %s', (type) => {
  test('signs in Express', async () => {
    const before = `const requireLogin = () => {};
const app = { get: async (path, _, handle) => {
  const res = { type: () => res, set: () => res, send: (text) => console.log(text) };
  await handle({ user: { id: 7, name: 'Ana', plan: 'gold' } }, res);
} };\n`;
    put(`express-${type}.mjs`, before + printed('express', type));
    await expectTaken(run(process.execPath, [`express-${type}.mjs`]), 'Ana');
  });

  test('signs in Next.js', async () => {
    put('node_modules/@/auth/package.json', '{"type":"module","exports":"./index.js"}');
    put('node_modules/@/auth/index.js', `export const auth = async () => ({ user: { id: '7', name: 'Ben' } });`);
    const after = '\nconsole.log(await (await GET()).text());';
    put(`route-${type}.mts`, printed('next', type) + after);
    await expectTaken(run(process.execPath, ['--no-warnings', `route-${type}.mts`]), 'Ben');
  });

  test.skipIf(!PYJWT)('signs in Django (skipped without PyJWT and cryptography)', async () => {
    const same = 'lambda view: view';
    put('django/__init__.py', '');
    put('django/contrib/__init__.py', '');
    put('django/contrib/auth/__init__.py', '');
    put('django/contrib/auth/decorators.py', `login_required = ${same}\n`);
    put(
      'django/http.py',
      'class HttpResponse:\n    def __init__(self, text, content_type):\n        self.text = text\n',
    );
    put('django/views/__init__.py', '');
    put('django/views/decorators/__init__.py', '');
    put('django/views/decorators/cache.py', `never_cache = ${same}\n`);
    const around = `path = lambda *_: None\nclass user:\n    pk = 7\n    get_full_name = staticmethod(lambda: "Cem")\nclass request:\n    user = user\n`;
    put(`views_${type}.py`, `${around}${printed('django', type)}\nprint(chat_token(request).text)\n`);
    await expectTaken(run('python3', [`views_${type}.py`]), 'Cem');
  });

  test.skipIf(!PYTHON)('is Python for Django (skipped without python3)', () => {
    put(`views_${type}.py`, printed('django', type));
    run('python3', ['-m', 'py_compile', `views_${type}.py`]);
  });

  test.skipIf(!RUBY)('is Ruby for Rails (skipped without ruby)', () => {
    put(`rails_${type}.rb`, printed('rails', type));
    expect(run('ruby', ['-c', `rails_${type}.rb`])).toContain('Syntax OK');
  });
});

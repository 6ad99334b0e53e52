import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, type ServedProcess, serve } from '../kit/server.ts';
import { makeTempDir, removeTempDir } from '../kit/temp-dir.ts';
import { ask } from './ask.ts';
import { install, type PackedFile, pack, run, VISITOR_ENV } from './installed.ts';

/** What somebody writes who has read one page: a code agent beside the ones of the sample project. */
const GREETER = `import { ask, type AgentMetadata, type CodeTurn } from 'clew';

export const agent: AgentMetadata = { name: 'parrot', description: 'Says hello.' };

export default async function* parrot(turn: CodeTurn) {
  if (turn.text === 'wait') yield ask('Who are you?');
  yield \`Hello \${turn.text}!\`;
}
`;

let folder: string;
let home: string;
let files: readonly PackedFile[];

beforeAll(async () => {
  folder = makeTempDir();
  home = join(folder, 'home');
  const packed = await pack(folder);
  files = packed.files;
  await install(home, packed.tarball);
  await run(home, 'npx', 'clew', 'init', 'demo');
  writeFileSync(join(home, 'demo', 'agents', 'parrot.ts'), GREETER);
});

afterAll(() => removeTempDir(folder));

describe('the package', () => {
  test('holds the program, the library, the widget and the sample project, and no sources', () => {
    const paths = files.map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'dist/THIRD-PARTY.md',
        'dist/cli.js',
        'dist/index.js',
        'dist/sbom.cdx.json',
        'dist/types/index.d.ts',
        'dist/widget/wxoLoader.js',
        'dist/widget/clew.js',
        'dist/widget/clew.d.ts',
      ]),
    );
    for (const folder of ['dist/migrations/', 'dist/widget/', 'dist/starter/agents/']) {
      expect(
        paths.filter((path) => path.startsWith(folder)),
        folder,
      ).not.toEqual([]);
    }
    expect(
      paths.filter((path) => !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(path) || /\/\.|\.db\b/.test(path)),
    ).toEqual([]);
  });

  test('brings what its manifest lists and nothing of the checkout', () => {
    expect(existsSync(join(home, 'node_modules', '@clew'))).toBe(false);
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'packages/server/package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) expect(existsSync(join(home, 'node_modules', name)), name).toBe(true);
  });

  test('installs nothing that its bill of materials does not name', () => {
    const read = (path: string) => JSON.parse(readFileSync(join(home, 'node_modules', path), 'utf8'));
    const { components } = read('clew/dist/sbom.cdx.json') as { components: { name: string; version: string }[] };
    const named = components.map(({ name, version }) => `${name}@${version}`);
    const installed = Object.entries<{ version: string }>(read('.package-lock.json').packages)
      .map(
        ([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
      )
      .filter((one) => !one.startsWith('clew@'));
    // Of what a dependency takes in a range, somebody who installs later may get a newer one.
    const names = (list: string[]) => [...new Set(list.map((one) => one.slice(0, one.lastIndexOf('@'))))].sort();
    expect(names(named)).toEqual(expect.arrayContaining(names(installed)));
  });

  test('has types that an agent file is checked with', async () => {
    const options = {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom'],
      // What projects that check types have: our declarations name a type of pino, whose own need these.
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      skipLibCheck: true,
    };
    writeFileSync(
      join(home, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['demo/agents/parrot.ts'] }),
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    await run(home, process.execPath, tsc, '-p', '.');

    writeFileSync(join(home, 'wrong.ts'), `import { ask } from 'clew';\nask(42);\n`);
    writeFileSync(join(home, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['wrong.ts'] }));
    await expect(run(home, process.execPath, tsc, '-p', '.')).rejects.toThrow(/TS2345/);
  });
});

describe('the installed program', () => {
  test('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'packages/server/package.json'), 'utf8'));
    expect((await run(home, 'npx', 'clew', '--version')).trim()).toBe(version);
  });

  test('answers the first question with citations, runs an agent of one’s own, shows the page, and ends cleanly', async () => {
    const server = await dev();
    const answer = await ask(server.url, 'How do I embed the chat?');
    expect(answer.frames[0]?.event).toBe('run.started');
    expect(answer.frames.slice(-2).map((frame) => frame.event)).toEqual(['run.completed', 'done']);
    expect(answer.frames.filter((frame) => frame.event === 'message.delta').length).toBeGreaterThan(0);
    expect(answer.text.length).toBeGreaterThan(40);
    expect(answer.citations.length).toBeGreaterThan(0);

    expect((await ask(server.url, 'Ada', await idOf(server.url, 'parrot'))).text).toBe('Hello Ada!');

    const page = await fetch(server.url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);

    expect(await server.stop('SIGTERM'), server.output()).toEqual({ code: 0, signal: null });
  });

  test('goes on with the same threads after a restart', async () => {
    const first = await dev();
    const { frames } = await ask(first.url, 'Bob', await idOf(first.url, 'parrot'));
    const thread = frames[0]?.data.thread_id;
    await first.stop();
    const second = await dev();
    const messages = await fetch(`${second.url}/api/v1/threads/${thread}/messages`);
    expect([messages.status, await messages.text()]).toEqual([200, expect.stringContaining('Hello Bob!')]);
    await second.stop();
  });
});

function dev(): Promise<ServedProcess> {
  return serve({
    command: [join(home, 'node_modules', '.bin', 'clew')],
    verb: 'dev',
    cwd: join(home, 'demo'),
    project: '.',
    env: VISITOR_ENV,
  });
}

async function idOf(url: string, name: string): Promise<string> {
  const [agent] = (await (
    await fetch(`${url}/api/v1/orchestrate/agents?names=${name}&include_hidden=true`)
  ).json()) as { id: string }[];
  if (!agent) throw new Error(`There is no agent called ${name}.`);
  return agent.id;
}

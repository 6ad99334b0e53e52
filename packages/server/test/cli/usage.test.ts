import { readdirSync, readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { EXIT, EXIT_MEANINGS } from '../../src/cli/exit-codes.ts';
import { explain, Failure } from '../../src/cli/failure.ts';
import { createHost } from '../../src/cli/host.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { SETTINGS } from '../../src/config/index.ts';
import { clew, testConsole } from './console.ts';

const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');

function verbs(command: Command, path: readonly string[] = []): { words: string[]; verb: Command }[] {
  return command.commands.flatMap((one) =>
    one.commands.length > 0 ? verbs(one, [...path, one.name()]) : [{ words: [...path, one.name()], verb: one }],
  );
}
const all = verbs(buildProgram(createHost(testConsole().io)));

describe('help', () => {
  test('begins with what Clew is and what to do first, and names every command', async () => {
    const { code, stdout, stderr } = await clew(['--help']);
    expect(code).toBe(EXIT.ok);
    expect(stderr).toBe('');
    expect(stdout.split('\n')[0]).toMatch(/^Clew is an agent chat server/);
    for (const first of ['clew init', 'clew dev', 'clew chat']) expect(stdout).toContain(first);
    for (const { words } of all) expect(stdout).toContain(`  ${words.join(' ')}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('is what comes without arguments', async () => {
    expect(await clew([])).toEqual(await clew(['--help']));
  });

  test.each(all.map(({ words }) => [words.join(' '), words]))('of "%s" has an example', async (path, words) => {
    const { code, stdout } = await clew([...words, '--help']);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toContain(`Usage: clew ${path}`);
    expect(stdout).toMatch(new RegExp(`Examples:\\n( .*\\n)* .*clew ${path}`));
    expect((await clew(['help', ...words])).stdout).toBe(stdout);
  });

  test.each(['agents', 'threads', 'runs'])(
    'of "%s" lists its verbs, and the noun alone is wrong usage',
    async (noun) => {
      const { code, stdout } = await clew([noun, '--help']);
      expect(code).toBe(EXIT.ok);
      expect(stdout).toContain('list');
      expect(await clew([noun])).toMatchObject({ code: EXIT.usage, stderr: stdout });
    },
  );

  test('has colours only where they belong', async () => {
    expect((await clew(['--help'])).stdout).not.toContain('\u001b');
    expect((await clew(['--help'], { terminal: true, colors: true })).stdout).toContain('\u001b');
    expect((await clew(['--help'], { terminal: true })).stdout).not.toContain('\u001b');
  });
});

describe('wrong usage', () => {
  test.each([
    [['chta'], 'clew: unknown command \'chta\'. Did you mean "chat"?', 'clew --help'],
    [['runs', 'cancle'], 'clew: unknown command \'cancle\'. Did you mean "cancel"?', 'clew runs --help'],
    [['init', '--forc'], 'clew: unknown option \'--forc\'. Did you mean "--force"?', 'clew init --help'],
    [['serve', '--hots'], 'clew: unknown option \'--hots\'. Did you mean "--host" or "--hosts"?', 'clew serve --help'],
    [['runs', 'show'], "clew: missing required argument 'id'.", 'clew runs show --help'],
    [['version', 'now'], "clew: too many arguments for 'version'.", 'clew version --help'],
    [['dev', '--port'], "clew: option '--port <n>' argument missing.", 'clew dev --help'],
    [['help', 'foo'], 'clew: There is no command "foo".', 'clew help'],
  ])('%j is told with a suggestion', async (argv, sentence, where) => {
    const { code, stdout, stderr } = await clew(argv);
    expect(code).toBe(EXIT.usage);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
    expect(stderr).toContain(where);
  });
});

describe('exit codes', () => {
  test('are the ones that help and docs/cli.md show', async () => {
    const { stdout } = await clew(['help', 'exit-codes']);
    expect([...EXIT_MEANINGS.keys()]).toEqual(Object.values(EXIT));
    for (const [code, meaning] of EXIT_MEANINGS) {
      expect(stdout).toMatch(new RegExp(`^ +${code}  ${meaning}$`, 'm'));
      expect(page).toContain(`| ${code} | ${meaning} |`);
    }
  });

  test('follow from what was thrown', () => {
    const named = (name: string, code: string) => Object.assign(new Error('Said clearly.'), { name, code });
    expect(explain(new Failure(EXIT.unreachable, 'Nobody there.'))).toMatchObject({
      exitCode: 3,
      message: 'Nobody there.',
    });
    expect(explain(named('ListenError', 'port_taken'))).toMatchObject({ exitCode: 5, message: 'Said clearly.' });
    expect(explain(named('ListenError', 'host_unknown'))).toMatchObject({ exitCode: 4 });
    expect(explain(named('ClewError', 'database_locked'))).toMatchObject({ exitCode: 4, message: 'Said clearly.' });
    expect(explain(named('ClewError', 'no_agents'))).toMatchObject({ exitCode: 1 });
    expect(explain(Object.assign(new Error('x'), { code: 'EACCES', path: 'a/b' })).message).toMatch(
      /^a\/b may not be read/,
    );
    expect(explain(new TypeError('x is not a function'))).toEqual({
      exitCode: 1,
      message: 'Something broke: x is not a function. Set CLEW_DEBUG=1 to see where.',
    });
  });
});

describe('docs/cli.md', () => {
  test('describes every command', () => {
    for (const { words } of all) expect(page).toContain(`### clew ${words.join(' ')}`);
    const described = [...page.matchAll(/^### clew (.+)$/gm)].map((match) => match[1]?.replace(/ [<[].*$/, ''));
    expect(described.sort()).toEqual(all.map(({ words }) => words.join(' ')).sort());
  });

  test.each(all.map(({ words, verb }) => [words.join(' '), verb] as const))(
    'names the options of "%s"',
    (name, verb) => {
      /** What the beginning of the page says for all commands, or docs/config.md. */
      const elsewhere = new Set(['--url', '--project', '--json', ...SETTINGS.map(({ flag }) => `--${flag}`)]);
      const isAbout = new RegExp(`^clew ${name}(?: [<[].*)?\\n`);
      const text = page.split(/^##+ /m).find((section) => isAbout.test(section)) ?? '';
      const told = ({ long, short }: Option) => text.includes(String(long)) || (short && text.includes(`\`${short}\``));
      expect(
        verb.options.filter((one) => !elsewhere.has(String(one.long)) && !told(one)).map(({ flags }) => flags),
      ).toEqual([]);
    },
  );
});

test('the manual that a new project comes with names commands that there are', () => {
  const folder = new URL('../../../../examples/starter/knowledge/', import.meta.url);
  const manual = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const named = manual.join('\n').matchAll(/(?:`|npx )clew ([a-z]+(?: (?:[a-z]+))*)/g);
  const paths = all.map(({ words }) => words.join(' '));
  const unknown = [...named].flatMap(([, words = '']) =>
    paths.some((path) => `${words} `.startsWith(`${path} `) || path.startsWith(`${words} `)) ? [] : [words],
  );
  expect(unknown).toEqual([]);
});

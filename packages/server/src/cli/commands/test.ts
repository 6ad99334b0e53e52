import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { PlayedTurn } from '../../app/rehearse.ts';
import { type FixtureTurn, readFixture } from '../../project/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { examples, type Host } from '../host.ts';
import { type Io, print } from '../io.ts';
import { readConfig } from '../project.ts';
import { diffLines } from '../render/diff.ts';
import { describeFinding } from '../render/findings.ts';
import { harmless } from '../render/text.ts';

export interface TestOptions {
  /** Folder of the project. */
  readonly project: string;
  /** Fixtures, relative to the current folder. None: all in `fixtures/` of the project. */
  readonly files: readonly string[];
}

export function testCommand(host: Host): Command {
  return new Command('test')
    .summary('Play conversations against the agents and compare')
    .description(
      'Plays fixtures against the agents of a project, in this process and in memory, with models that are scripted: without a key and without a network. Says what is different from what was expected; the exit code is then 1.',
    )
    .argument('[fixture...]', 'Files. (default: fixtures/*.yaml of the project)')
    .option('--project <folder>', 'Folder of the project.', '.')
    .addHelpText(
      'after',
      examples(
        ['clew test', 'all fixtures of the project in this folder'],
        ['clew test fixtures/refund.yaml', 'one'],
        ['clew runs export <id> --fixture > fixtures/new.yaml', 'make one of a run'],
      ),
    )
    .action((files: string[], { project }: { project: string }) => host.end(test({ files, project }, host.io)));
}

export async function test({ files, project }: TestOptions, io: Io): Promise<ExitCode> {
  const config = readConfig(project, io, {
    db: ':memory:',
    host: '127.0.0.1',
    port: '0',
    logLevel: io.env.CLEW_DEBUG ? 'debug' : 'silent',
  });
  const found = files.length > 0 ? files : await fixturesOf(project, io);
  const { rehearse } = await import('../../app/rehearse.ts');
  let failed = 0;
  for (const file of found) {
    const fixture = await readFixture(resolve(io.cwd, file), file);
    if (!('turns' in fixture)) {
      failed += 1;
      for (const finding of fixture) print(io, `${describeFinding(finding, io.style)}\n`);
      continue;
    }
    const played = await rehearse(config, fixture);
    const complaints = fixture.turns.flatMap((turn, at) =>
      compare(turn, played[at] as PlayedTurn, io).map(under(turn, at)),
    );
    if (complaints.length > 0) failed += 1;
    print(io, `${complaints.length === 0 ? io.style.green('✓') : io.style.red('✗')} ${file}`);
    for (const complaint of complaints) print(io, complaint);
  }
  const passed = found.length - failed;
  print(io, failed === 0 ? `${passed} passed.` : `${passed} passed, ${failed} failed.`);
  return failed === 0 ? EXIT.ok : EXIT.failed;
}

async function fixturesOf(project: string, io: Io): Promise<string[]> {
  const folder = join(project, 'fixtures');
  const names = existsSync(resolve(io.cwd, folder)) ? await readdir(resolve(io.cwd, folder)) : [];
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (files.length === 0) {
    const fix = 'Write one, or make one of a run: clew runs export <id> --fixture > fixtures/new.yaml';
    throw new Failure(EXIT.unusable, `There are no fixtures in ${folder}. ${fix}`);
  }
  return files.map((name) => join(folder, name));
}

function under({ say }: FixtureTurn, at: number): (complaint: string) => string {
  const title = `  turn ${at + 1} (${harmless(say).slice(0, 60)}): `;
  return (complaint) => title + complaint.replaceAll('\n', '\n    ');
}

/** What is not as expected, a paragraph each. */
function compare({ expect }: FixtureTurn, played: PlayedTurn, { style }: Io): string[] {
  const complaints: string[] = [];
  const lines = (what: string, expected: readonly string[] | undefined, came: readonly string[]) => {
    const diff = expected && diffLines(expected, came.map(harmless), style);
    if (diff) complaints.push(`${what} (- expected, + came)\n${diff.join('\n')}`);
  };
  lines('the log', expect.events, played.lines);
  lines('the steps', expect.steps, played.steps);
  lines('the text', expect.text?.trimEnd().split('\n'), played.text.trimEnd().split('\n'));
  for (const text of expect.contains ?? [])
    if (!played.text.includes(text)) complaints.push(`"${text}" is not in what was said:\n${harmless(played.text)}`);
  const wanted = expect.status ?? (expect.events ? played.status : undefined);
  const isFine = wanted === undefined ? ['completed', 'waiting'].includes(played.status) : played.status === wanted;
  if (!isFine) complaints.push(`it is ${played.status}: ${harmless(played.lines.at(-1) ?? '')}`);
  if (played.left > 0) complaints.push(`${played.left} of the scripted replies and results were not asked for`);
  return complaints;
}

import { Command } from 'commander';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print, printJson } from '../../io.ts';
import { readFiles } from '../../project.ts';
import { count, countFindings, describeFinding } from '../../render/findings.ts';

export interface CheckOptions {
  readonly project: string;
  readonly json: boolean;
}

export function checkCommand(host: Host): Command {
  return new Command('check')
    .summary('Read the project and say what is wrong with it')
    .description(
      'Reads the files of a project, without a server, and says what is wrong: where, and what to do. The exit code is 1 when there are errors.',
    )
    .option('--project <folder>', 'Folder of the project.', '.')
    .option('--json', 'Print JSON.')
    .addHelpText(
      'after',
      examples(
        ['clew agents check', 'the project in this folder'],
        ['clew agents check --json', 'for editors and pipelines'],
      ),
    )
    .action((flags: { project: string; json?: boolean }) =>
      host.end(check({ project: flags.project, json: flags.json ?? false }, host.io)),
    );
}

/** Fails when a finding is an error; warnings are printed only. */
export async function check({ project: folder, json }: CheckOptions, io: Io): Promise<ExitCode> {
  const { agents, knowledgeBases, findings } = await readFiles(folder, io);
  const ok = findings.every(({ severity }) => severity !== 'error');
  if (json) {
    printJson(io, { ok, agents: agents.map(({ agent }) => agent.name), findings });
  } else {
    for (const finding of findings) print(io, `${describeFinding(finding, io.style)}\n`);
    const read = [count(agents.length, 'agent'), count(knowledgeBases.length, 'knowledge base')]
      .filter(Boolean)
      .join(' and ');
    const found = countFindings(findings);
    const mark = ok ? io.style.green('✓') : io.style.red('✗');
    print(io, `${mark} ${read === '' ? 'No agents' : read} read, ${found === '' ? 'nothing is wrong' : found}.`);
  }
  return ok ? EXIT.ok : EXIT.failed;
}

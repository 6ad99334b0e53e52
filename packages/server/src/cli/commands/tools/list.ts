import { Command } from 'commander';
import type { Project } from '../../../project/index.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, note, print, printJson } from '../../io.ts';
import { readFiles } from '../../project.ts';
import { countFindings } from '../../render/findings.ts';
import { printTable } from '../../render/table.ts';

export interface ListOptions {
  /** Folder of the project. */
  readonly project: string;
  readonly json: boolean;
}

export function listCommand(host: Host): Command {
  return new Command('list')
    .summary('List the tools and toolkits of a project')
    .description(
      'Lists the tools that agents of the project may use, and the toolkits that bring more of them. Nothing is called and nothing is connected.',
    )
    .option('--project <folder>', 'Folder of the project.', '.')
    .option('--json', 'Print JSON.')
    .addHelpText(
      'after',
      examples(['clew tools list', 'the project in this folder'], ['clew tools list --json', 'for programs']),
    )
    .action((flags: { project: string; json?: boolean }) =>
      host.end(list({ project: flags.project, json: flags.json ?? false }, host.io)),
    );
}

/** What is told of a tool or a toolkit. */
interface Row {
  readonly name: string;
  readonly kind: 'code' | 'openapi' | 'toolkit';
  /** Of a toolkit whose tools have different ones: null. */
  readonly permission: string | null;
  /** Whether a person is asked before each call; null: by the permission. */
  readonly approve: boolean | null;
  readonly description: string;
  /** Its file in the project. */
  readonly file: string;
}

export async function list({ project, json }: ListOptions, io: Io): Promise<ExitCode> {
  const read = await readFiles(project, io);
  const errors = read.findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    note(io, io.styleErr.yellow(`The project has ${countFindings(errors)}; "clew agents check" tells them.`));
  const rows = rowsOf(read);
  if (json) printJson(io, rows);
  else if (rows.length === 0) print(io, 'There are no tools: put one into tools/, or a toolkit into toolkits/.');
  else {
    printTable(
      io,
      [
        { title: 'NAME' },
        { title: 'KIND' },
        { title: 'PERMISSION' },
        { title: 'FILE' },
        { title: 'DESCRIPTION', shrink: true },
      ],
      rows.map(({ name, kind, permission, approve, file, description }) => [
        name,
        kind,
        `${permission ?? 'by tool'}${approve === null ? '' : approve ? ', asks' : ', does not ask'}`,
        file,
        description,
      ]),
    );
  }
  return EXIT.ok;
}

function rowsOf({ tools, toolkits }: Project): Row[] {
  return [
    ...tools.map(({ tool, kind, source }) => ({
      name: tool.name,
      kind,
      permission: tool.permission,
      approve: tool.approve ?? null,
      description: tool.description,
      file: source,
    })),
    ...toolkits.map(({ server, source }) => ({
      name: server.name,
      kind: 'toolkit' as const,
      permission: server.permission,
      approve: server.approve ?? null,
      description: server.tools === null ? 'All tools of its server.' : server.tools.join(', '),
      file: source,
    })),
  ];
}

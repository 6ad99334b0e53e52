import { Command } from 'commander';
import { connected } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, note, print, printJson } from '../../io.ts';
import { readFiles } from '../../project.ts';
import { countFindings } from '../../render/findings.ts';
import { printTable } from '../../render/table.ts';

export interface ListOptions {
  /** Folder of the project; absent: this folder, unless `url` is given. */
  readonly project?: string;
  /** A server to ask in place of reading files. */
  readonly url?: string;
  readonly json: boolean;
}

export function listCommand(host: Host): Command {
  return new Command('list')
    .summary('List the agents of a project, or of a server')
    .description('Lists the agents of the project in this folder, hidden ones too. No server is needed.')
    .option('--project <folder>', 'Folder of the project. (default: this folder)')
    .option('--url <url>', 'Ask this server instead.')
    .option('--json', 'Print JSON.')
    .addHelpText(
      'after',
      examples(
        ['clew agents list', 'the project in this folder'],
        ['clew agents list --url http://127.0.0.1:4321 --json', 'a server, for programs'],
      ),
    )
    .action(({ json = false, ...flags }: { project?: string; url?: string; json?: boolean }) =>
      host.end(list({ ...flags, json }, host.io)),
    );
}

/** What is told of an agent. */
interface Row {
  readonly name: string;
  readonly display_name: string;
  readonly description: string;
  readonly id: string;
  readonly llm: string;
  readonly hidden: boolean;
  /** Its file in the project; null when a server was asked. */
  readonly file: string | null;
}

export async function list({ project, url, json }: ListOptions, io: Io): Promise<ExitCode> {
  if (project !== undefined && url !== undefined) {
    throw new Failure(
      EXIT.usage,
      'Agents are read from a project with --project or asked of a server with --url, not both.',
    );
  }
  const rows = url === undefined ? await ofProject(project ?? '.', io) : await ofServer(url, io);
  if (json) printJson(io, rows);
  else if (rows.length === 0) print(io, 'There are no working agents. "clew agents check" says why.');
  else {
    printTable(
      io,
      [{ title: 'NAME' }, { title: 'MODEL' }, { title: 'DESCRIPTION', shrink: true }],
      rows.map(({ name, llm, description, hidden }) => [hidden ? `${name} (hidden)` : name, llm, description]),
    );
  }
  return EXIT.ok;
}

async function ofProject(folder: string, io: Io): Promise<Row[]> {
  const { agents, findings } = await readFiles(folder, io);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    note(io, io.styleErr.yellow(`The project has ${countFindings(errors)}; "clew agents check" tells them.`));
  return agents.map(({ agent, source }) => ({
    name: agent.name,
    display_name: agent.displayName,
    description: agent.description,
    id: agent.id,
    llm: agent.llm,
    hidden: agent.hidden,
    file: source,
  }));
}

function ofServer(url: string, io: Io): Promise<Row[]> {
  return connected({ url }, io, async ({ client }) => {
    const agents = await client.agents({ includeHidden: true });
    return agents.map(({ name, display_name, description, id, llm, hidden }) => ({
      name,
      display_name,
      description,
      id,
      llm,
      hidden,
      file: null,
    }));
  });
}

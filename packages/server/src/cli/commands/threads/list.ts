import { Command } from 'commander';
import { findAgent } from '../../chat/agents.ts';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, note, print, printJson } from '../../io.ts';
import { addListing } from '../../listing.ts';
import { printTable } from '../../render/table.ts';
import { ago } from '../../render/time.ts';

export interface ListOptions extends Target {
  /** Only threads that were opened with this agent. */
  readonly agent?: string;
  readonly limit: number;
  readonly json: boolean;
}

export function listCommand(host: Host): Command {
  const command = new Command('list')
    .summary('List conversations, the last changed first')
    .description('Lists conversations, the last changed first.')
    .option('--agent <name>', 'Only those that were opened with this agent.');
  return addTarget(addListing(command))
    .addHelpText(
      'after',
      examples(
        ['clew threads list', 'the last 20'],
        ['clew threads list --agent guide --json', 'those with one agent, for programs'],
      ),
    )
    .action(({ json = false, ...flags }: Omit<ListOptions, 'json'> & { json?: boolean }) =>
      host.end(list({ ...flags, json }, host.io)),
    );
}

export function list({ agent, limit, json, ...target }: ListOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async ({ client }) => {
    const agentId = agent === undefined ? undefined : (await findAgent(client, agent)).id;
    const page = await client.listThreads({ limit, ...(agentId ? { agentId } : {}) });
    if (json) printJson(io, page);
    else if (page.data.length === 0) print(io, 'There are no conversations yet. "clew chat" begins one.');
    else {
      const names = new Map((await client.agents({ includeHidden: true })).map(({ id, name }) => [id, name]));
      printTable(
        io,
        [{ title: 'ID' }, { title: 'CHANGED' }, { title: 'AGENT' }, { title: 'TITLE', shrink: true }],
        page.data.map((one) => [one.id, ago(one.updated_at, io.now()), names.get(one.agent_id ?? '') ?? '', one.title]),
      );
      if (page.total > page.data.length)
        note(io, io.styleErr.dim(`${page.data.length} of ${page.total}; --limit shows more.`));
    }
    return EXIT.ok;
  });
}

import type { RunStatus } from '@clew/wire/client';
import { Command, Option } from 'commander';
import { findAgent } from '../../chat/agents.ts';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { checkId } from '../../id-argument.ts';
import { type Io, note, print, printJson } from '../../io.ts';
import { addListing } from '../../listing.ts';
import { RUN_STATUSES } from '../../render/status.ts';
import { printTable } from '../../render/table.ts';
import { ago, took } from '../../render/time.ts';

export interface ListOptions extends Target {
  readonly agent?: string;
  readonly thread?: string;
  readonly status?: RunStatus;
  readonly limit: number;
  readonly json: boolean;
}

export function listCommand(host: Host): Command {
  const command = new Command('list')
    .summary('List runs, the newest first')
    .description('Lists runs, the newest first.')
    .option('--agent <name>', 'Only those of this agent.')
    .option('--thread <id>', 'Only those of this conversation.', checkId)
    .addOption(new Option('--status <word>', 'Only those in this state.').choices(RUN_STATUSES));
  return addTarget(addListing(command))
    .addHelpText(
      'after',
      examples(
        ['clew runs list', 'the last 20'],
        ['clew runs list --status failed', 'those that failed'],
        ['clew runs list --json', 'for programs'],
      ),
    )
    .action(({ json = false, ...flags }: Omit<ListOptions, 'json'> & { json?: boolean }) =>
      host.end(list({ ...flags, json }, host.io)),
    );
}

export function list({ agent, thread, status, limit, json, ...target }: ListOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async ({ client }) => {
    const filter = {
      limit,
      ...(agent === undefined ? {} : { agentId: (await findAgent(client, agent)).id }),
      ...(thread === undefined ? {} : { threadId: thread }),
      ...(status === undefined ? {} : { status: [status] }),
    };
    const page = await client.listRuns(filter);
    if (json) printJson(io, page);
    else if (page.data.length === 0) print(io, 'There are no such runs.');
    else {
      const names = new Map((await client.agents({ includeHidden: true })).map(({ id, name }) => [id, name]));
      printTable(
        io,
        [{ title: 'ID' }, { title: 'STATUS' }, { title: 'AGENT', shrink: true }, { title: 'BEGUN' }, { title: 'TOOK' }],
        page.data.map((run) => [
          run.id,
          run.status,
          names.get(run.agent_id) ?? run.agent_id,
          ago(run.created_at, io.now()),
          took(run.started_at, run.completed_at ?? run.failed_at ?? run.cancelled_at),
        ]),
      );
      if (page.total > page.data.length)
        note(io, io.styleErr.dim(`${page.data.length} of ${page.total}; --limit shows more.`));
    }
    return EXIT.ok;
  });
}

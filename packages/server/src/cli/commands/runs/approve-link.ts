import { Command } from 'commander';
import { approvalDesk } from '../../approval-desk.ts';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { EXAMPLE_ID, idArgument } from '../../id-argument.ts';
import { type Io, note, print, printJson } from '../../io.ts';

export interface ApproveLinkOptions extends Target {
  readonly id: string;
  /** Whom the link is for. Default `somebody`. */
  readonly name?: string;
  /** Hours until it ends, from a minute to 30 days. Default 24. */
  readonly hours?: number;
  readonly json: boolean;
}

type Flags = Target & { name?: string; hours?: string; json?: boolean };

export function approveLinkCommand(host: Host): Command {
  const command = new Command('approve-link')
    .summary('Print a link under which a person approves without signing in')
    .description(
      'Prints a link to a page that shows the calls a run waits with, and on which whoever has the link approves or rejects them. It ends with the question.',
    )
    .addArgument(idArgument('Id of the run, from "clew runs list --status requires_input".'))
    .option('--name <name>', 'Whom it is for; stands in the log beside the decision.')
    .option('--hours <number>', 'Hours until it ends, at most 720. (default: 24)')
    .option('--json', 'Print JSON.');
  return addTarget(command)
    .addHelpText('after', examples([`clew runs approve-link ${EXAMPLE_ID} --name Ann`, 'a link for Ann']))
    .action((id: string, { hours, json = false, ...flags }: Flags) =>
      host.end(approveLink({ id, json, ...(hours === undefined ? {} : { hours: Number(hours) }), ...flags }, host.io)),
    );
}

export function approveLink({ id, name, hours = 24, json, ...target }: ApproveLinkOptions, io: Io): Promise<ExitCode> {
  const seconds = Math.round(hours * 3_600);
  if (!(seconds >= 60 && seconds <= 2_592_000))
    throw new Failure(EXIT.usage, 'A link is good for a minute at least and for 720 hours at most: --hours 24');
  return connected(target, io, async (connection) => {
    if (connection.opened)
      throw new Failure(
        EXIT.unreachable,
        'A link leads to a server that runs. Start it with "clew dev" or "clew serve" first.',
      );
    const link = await approvalDesk(connection).link(id, {
      expires_in: seconds,
      ...(name === undefined ? {} : { name }),
    });
    if (json) printJson(io, link);
    else {
      print(io, link.url);
      note(io, io.styleErr.dim(`Whoever has it decides, until ${link.expires_at.slice(0, 16).replace('T', ' ')} UTC.`));
    }
    return EXIT.ok;
  });
}

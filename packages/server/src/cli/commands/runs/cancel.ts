import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { EXAMPLE_ID, idArgument } from '../../id-argument.ts';
import { type Io, print } from '../../io.ts';

export interface CancelOptions extends Target {
  readonly id: string;
}

export function cancelCommand(host: Host): Command {
  const command = new Command('cancel')
    .summary('Stop a run; what it has said stays')
    .description('Asks a run to stop. What it has said stays.')
    .addArgument(idArgument('Id of the run, from "clew runs list".'));
  return addTarget(command)
    .addHelpText(
      'after',
      examples(
        [`clew runs cancel ${EXAMPLE_ID}`, 'stop it'],
        ['clew runs list --status running', 'what there is to stop'],
      ),
    )
    .action((id: string, flags: Target) => host.end(cancel({ id, ...flags }, host.io)));
}

export function cancel({ id, ...target }: CancelOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async ({ client }) => {
    await client.cancel(id);
    print(io, `${io.style.green('✓')} The run was asked to stop.`);
    return EXIT.ok;
  });
}

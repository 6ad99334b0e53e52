import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print } from '../../io.ts';
import { webhookRegistry } from '../../webhook-registry.ts';

export interface RetryOptions extends Target {
  /** Empty: all that were given up. */
  readonly ids: readonly string[];
}

export function retryCommand(host: Host): Command {
  const command = new Command('retry')
    .summary('Deliver webhooks again that were given up')
    .description(
      'Makes deliveries due at once, with all their attempts before them: those that are named, or all that were given up.',
    )
    .argument('[ids...]', 'Ids of deliveries, from "clew webhooks list".');
  return addTarget(command)
    .addHelpText('after', examples(['clew webhooks retry', 'try again all that were given up']))
    .action((ids: string[], flags: Target) => host.end(retry({ ids, ...flags }, host.io)));
}

export function retry({ ids, ...target }: RetryOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const count = await webhookRegistry(connection).retry(ids);
    const missing = count > 0 && count < ids.length;
    if (count === 0) print(io, 'There is nothing to deliver again.');
    else print(io, `${io.style.green('✓')} ${count === 1 ? 'One delivery is' : `${count} deliveries are`} due now.`);
    if (missing) print(io, 'The others were delivered meanwhile, or never existed.');
    return EXIT.ok;
  });
}

import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { erasureDesk } from '../../erasure-desk.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, note, print, printJson } from '../../io.ts';

export interface ReceiptsOptions extends Target {
  readonly json?: boolean;
}

export function receiptsCommand(host: Host): Command {
  const command = new Command('receipts')
    .summary('List the receipts of erasures')
    .description('Lists the receipts of erasures, the newest first: when, and how much. They do not say whose it was.');
  return addTarget(command)
    .option('--json', 'Print JSON.')
    .addHelpText('after', examples(['clew users receipts', 'who asks whether it was done names the id']))
    .action((flags: ReceiptsOptions) => host.end(receipts(flags, host.io)));
}

export function receipts({ json, ...target }: ReceiptsOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const found = await erasureDesk(connection).receipts();
    if (json) printJson(io, { receipts: found });
    else if (found.length === 0) note(io, 'Nobody has been erased.');
    else
      for (const { id, erased_on, counts } of found)
        print(io, `${id}  ${erased_on.slice(0, 19)}Z  ${counts.threads} conversations, ${counts.files} files`);
    return EXIT.ok;
  });
}

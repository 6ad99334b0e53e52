import { Command } from 'commander';
import { channelRegistry } from '../../channel-registry.ts';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, printJson } from '../../io.ts';
import { printTable } from '../../render/table.ts';

export interface ListOptions extends Target {
  readonly json: boolean;
}

export function listCommand(host: Host): Command {
  const command = new Command('list')
    .summary('List the channels of a server, and which are paused')
    .description('Lists the channels of a server with their modes, and which of them are paused.')
    .option('--json', 'Print JSON.');
  return addTarget(command)
    .addHelpText('after', examples(['clew channels list', 'those of the server of this folder']))
    .action(({ json = false, ...flags }: Target & { json?: boolean }) => host.end(list({ ...flags, json }, host.io)));
}

export function list({ json, ...target }: ListOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const channels = await channelRegistry(connection).list();
    if (json) printJson(io, channels);
    else {
      const rows = channels.map(({ name, modes, paused }) => [name, modes.join(', '), paused ? 'paused' : 'open']);
      printTable(io, [{ title: 'CHANNEL' }, { title: 'MODES' }, { title: 'STATE' }], rows);
    }
    return EXIT.ok;
  });
}

import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../../connect.ts';
import { EXIT, type ExitCode } from '../../../exit-codes.ts';
import { examples, type Host } from '../../../host.ts';
import { type Io, print, printJson } from '../../../io.ts';
import { keyRegistry } from '../../../keys/registry.ts';
import { printTable } from '../../../render/table.ts';

export interface ListApiKeysOptions extends Target {
  readonly json: boolean;
}

export function listApiKeysCommand(host: Host): Command {
  const command = new Command('list')
    .summary('List API keys, without their secrets')
    .description('Lists the API keys of a server. What is secret of them is kept nowhere.')
    .option('--json', 'Print JSON.');
  return addTarget(command)
    .addHelpText('after', examples(['clew keys api list', 'what programs use']))
    .action(({ json = false, ...flags }: Target & { json?: boolean }) =>
      host.end(listApiKeys({ ...flags, json }, host.io)),
    );
}

export function listApiKeys({ json, ...target }: ListApiKeysOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const keys = await keyRegistry(connection).apiKeys();
    if (json) printJson(io, keys);
    else if (keys.length === 0) print(io, 'There are no API keys. "clew keys api new" makes one.');
    else {
      const rows = keys.map(({ id, name, role, channel, created_on }) => [
        id,
        name,
        role,
        channel ?? 'any',
        created_on.slice(0, 10),
      ]);
      printTable(
        io,
        [{ title: 'KEY' }, { title: 'NAME', shrink: true }, { title: 'ROLE' }, { title: 'CHANNEL' }, { title: 'MADE' }],
        rows,
      );
    }
    return EXIT.ok;
  });
}

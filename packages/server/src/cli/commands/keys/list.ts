import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, note, print, printJson } from '../../io.ts';
import { keyRegistry } from '../../keys/registry.ts';
import { printTable } from '../../render/table.ts';

export interface ListOptions extends Target {
  readonly channel: string;
  readonly json: boolean;
}

export function listCommand(host: Host): Command {
  const command = new Command('list')
    .summary('List the keys that the users of a channel are signed with')
    .description(
      'Lists the public keys that are registered for a channel. Those in its configuration are not among them.',
    )
    .option('--channel <name>', 'The channel.', 'default')
    .option('--json', 'Print JSON.');
  return addTarget(command)
    .addHelpText('after', examples(['clew keys list', 'those of the channel "default"']))
    .action(({ json = false, ...flags }: Omit<ListOptions, 'json'> & { json?: boolean }) =>
      host.end(list({ ...flags, json }, host.io)),
    );
}

export function list({ channel, json, ...target }: ListOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const security = await keyRegistry(connection).security(channel);
    if (json) printJson(io, security);
    else if (security.client_public_keys.length === 0) {
      print(io, `No key is registered for the channel ${channel}. "clew keys new --channel ${channel}" makes one.`);
    } else {
      const rows = security.client_public_keys.map(({ kid, alg, added_on }) => [kid, alg, added_on.slice(0, 10)]);
      printTable(io, [{ title: 'KEY' }, { title: 'ALGORITHM' }, { title: 'ADDED' }], rows);
    }
    if (!json) note(io, security.is_security_enabled ? 'Signed users only.' : 'Signed users are not required.');
    return EXIT.ok;
  });
}

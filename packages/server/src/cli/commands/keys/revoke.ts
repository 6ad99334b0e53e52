import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print } from '../../io.ts';
import { keyRegistry } from '../../keys/registry.ts';

export interface RevokeOptions extends Target {
  readonly key: string;
  readonly channel: string;
}

export function revokeCommand(host: Host): Command {
  const command = new Command('revoke')
    .summary('Take a registered key away; what it signed is refused at once')
    .description('Takes a registered key away. Tokens that were signed with it are refused at once.')
    .argument('<key>', 'Id of the key, from "clew keys list".')
    .option('--channel <name>', 'The channel.', 'default');
  return addTarget(command)
    .addHelpText('after', examples(['clew keys revoke 0f3a9c…', 'a key of the channel "default"']))
    .action((key: string, flags: Omit<RevokeOptions, 'key'>) => host.end(revoke({ key, ...flags }, host.io)));
}

export function revoke({ key, channel, ...target }: RevokeOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const registry = keyRegistry(connection);
    const { client_public_keys: known } = await registry.security(channel);
    const rest = known.filter(({ kid }) => kid !== key);
    if (rest.length === known.length) {
      throw new Failure(
        EXIT.failed,
        `The channel ${channel} has no such key. "clew keys list --channel ${channel}" lists them.`,
      );
    }
    await registry.setSecurity(channel, { client_public_keys: rest.map(({ public_key }) => public_key) });
    print(io, `${io.style.green('✓')} The key was taken away. ${rest.length} left.`);
    return EXIT.ok;
  });
}

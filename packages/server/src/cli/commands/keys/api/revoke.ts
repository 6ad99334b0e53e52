import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../../connect.ts';
import { EXIT, type ExitCode } from '../../../exit-codes.ts';
import { examples, type Host } from '../../../host.ts';
import { type Io, print } from '../../../io.ts';
import { keyRegistry } from '../../../keys/registry.ts';

export interface RevokeApiKeyOptions extends Target {
  readonly id: string;
}

export function revokeApiKeyCommand(host: Host): Command {
  const command = new Command('revoke')
    .summary('Revoke an API key')
    .description('Revokes an API key: it is refused at once.')
    .argument('<key>', 'Id of the key, from "clew keys api list".');
  return addTarget(command)
    .addHelpText('after', examples(['clew keys api revoke 55da6c44a70e', 'an id from "clew keys api list"']))
    .action((id: string, flags: Target) => host.end(revokeApiKey({ id, ...flags }, host.io)));
}

export function revokeApiKey({ id, ...target }: RevokeApiKeyOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    await keyRegistry(connection).revokeApiKey(id);
    print(io, `${io.style.green('✓')} The key was revoked.`);
    return EXIT.ok;
  });
}

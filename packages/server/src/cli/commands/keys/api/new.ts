import { Command, Option } from 'commander';
import { addTarget, connected, type Target } from '../../../connect.ts';
import { EXIT, type ExitCode } from '../../../exit-codes.ts';
import { examples, type Host } from '../../../host.ts';
import { type Io, note, print, printJson } from '../../../io.ts';
import { keyRegistry } from '../../../keys/registry.ts';

export interface NewApiKeyOptions extends Target {
  readonly role: 'user' | 'operator';
  readonly name: string;
  readonly channel?: string;
  readonly json: boolean;
}

export function newApiKeyCommand(host: Host): Command {
  const command = new Command('new')
    .summary('Make an API key for a program')
    .description(
      'Makes an API key and prints it once; the server keeps a hash. Sent as "Authorization: Bearer …" or "x-api-key".',
    )
    .addOption(
      new Option('--role <role>', 'What its bearer may do: its own conversations, or everything.')
        .choices(['user', 'operator'])
        .default('user'),
    )
    .requiredOption('--name <name>', 'What it is for.')
    .option('--channel <name>', 'Channel that a key of role user is for. (default: every one of mode apiKey)')
    .option('--json', 'Print JSON.');
  return addTarget(command)
    .addHelpText(
      'after',
      examples(
        ['clew keys api new --name nightly-report', 'a program with conversations of its own'],
        ['clew keys api new --name admin --role operator', 'one that may do everything'],
      ),
    )
    .action(({ json = false, ...flags }: Omit<NewApiKeyOptions, 'json'> & { json?: boolean }) =>
      host.end(makeApiKey({ ...flags, json }, host.io)),
    );
}

export function makeApiKey({ role, name, channel, json, ...target }: NewApiKeyOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    const made = await keyRegistry(connection).makeApiKey({ role, name, ...(channel ? { channel } : {}) });
    if (json) printJson(io, made);
    else {
      note(io, `${io.styleErr.green('✓')} The key ${made.id} was made. It is not shown again:`);
      print(io, made.key);
    }
    return EXIT.ok;
  });
}

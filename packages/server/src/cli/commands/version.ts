import { Command } from 'commander';
import { VERSION } from '../../app/version.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { examples, type Host } from '../host.ts';
import { type Io, print, printJson } from '../io.ts';

export function versionCommand(host: Host): Command {
  return new Command('version')
    .summary('Print the version of Clew and of Node')
    .description('Prints the version of Clew and of the Node that runs it.')
    .option('--json', 'Print JSON.')
    .addHelpText('after', examples(['clew version', 'for people'], ['clew version --json', 'for programs']))
    .action((flags: { json?: boolean }) => host.end(version({ json: flags.json ?? false }, host.io)));
}

export async function version({ json }: { readonly json: boolean }, io: Io): Promise<ExitCode> {
  const node = process.versions.node;
  if (json) printJson(io, { clew: VERSION, node });
  else print(io, `clew ${VERSION} (node ${node})`);
  return EXIT.ok;
}

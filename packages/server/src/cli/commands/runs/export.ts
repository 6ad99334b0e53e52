import { Command } from 'commander';
import { writeFixture } from '../../../project/index.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { EXAMPLE_ID, idArgument } from '../../id-argument.ts';
import type { Io } from '../../io.ts';
import { readConfig } from '../../project.ts';

export interface ExportOptions {
  readonly id: string;
  /** Folder of the project, whose database is read. */
  readonly project: string;
}

export function exportCommand(host: Host): Command {
  return new Command('export')
    .summary('Write a run down as a fixture for clew test')
    .description(
      'Writes a run down as a fixture for "clew test": what was said, what the models replied, what the tools gave back, and the log. Secrets are taken out. Reads the database of the project itself: stop a server that has it open.',
    )
    .addArgument(idArgument('Id of the run, from "clew runs list".'))
    .requiredOption('--fixture', 'The form: there is this one.')
    .option('--project <folder>', 'Folder of the project.', '.')
    .addHelpText('after', examples([`clew runs export ${EXAMPLE_ID} --fixture > fixtures/new.yaml`, 'keep it']))
    .action((id: string, { project }: { project: string }) => host.end(exportRun({ id, project }, host.io)));
}

export async function exportRun({ id, project }: ExportOptions, io: Io): Promise<ExitCode> {
  const config = readConfig(project, io, { logLevel: io.env.CLEW_DEBUG ? 'debug' : 'silent' });
  const { recordRun } = await import('../../../app/record.ts');
  const fixture = await recordRun(config, id).catch((error: { code?: string }) => {
    if (error.code !== 'database_locked') throw error;
    throw new Failure(EXIT.unusable, 'A server has the database of the project open. Stop it, and try again.');
  });
  io.stdout.write(writeFixture(fixture));
  return EXIT.ok;
}

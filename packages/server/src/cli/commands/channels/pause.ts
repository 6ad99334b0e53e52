import { Command } from 'commander';
import { channelRegistry } from '../../channel-registry.ts';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, print } from '../../io.ts';

export interface PauseOptions extends Target {
  readonly channel: string;
  readonly paused: boolean;
}

export function pauseCommand(host: Host): Command {
  const command = new Command('pause')
    .summary('Pause a channel: nobody can say anything there, at once')
    .description(
      'Pauses a channel: from now on, and after a restart, too, nobody but the operator can say anything there. What was said can be read, and answers under way are finished.',
    );
  return finished(command, host, { paused: true, example: 'stop the visitors of the channel "shop"' });
}

export function resumeCommand(host: Host): Command {
  const command = new Command('resume')
    .summary('End the pause of a channel')
    .description('Ends the pause of a channel.');
  return finished(command, host, { paused: false, example: 'let the visitors of the channel "shop" talk again' });
}

function finished(command: Command, host: Host, { paused, example }: { paused: boolean; example: string }): Command {
  return addTarget(command.argument('<channel>', 'Name of the channel, from "clew channels list".'))
    .addHelpText('after', examples([`clew channels ${command.name()} shop`, example]))
    .action((channel: string, flags: Target) => host.end(setPaused({ channel, paused, ...flags }, host.io)));
}

export function setPaused({ channel, paused, ...target }: PauseOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async (connection) => {
    await channelRegistry(connection).setPaused(channel, paused);
    const said = paused ? `The channel ${channel} is paused.` : `The channel ${channel} is open again.`;
    print(io, `${io.style.green('✓')} ${said}`);
    return EXIT.ok;
  });
}

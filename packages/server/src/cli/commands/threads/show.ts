import { Command } from 'commander';
import { showMessages } from '../../chat/transcript.ts';
import { addTarget, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { EXAMPLE_ID, idArgument } from '../../id-argument.ts';
import { type Io, print, printJson } from '../../io.ts';
import { oneLine } from '../../render/text.ts';
import { ago } from '../../render/time.ts';

export interface ShowOptions extends Target {
  readonly id: string;
  readonly json: boolean;
}

export function showCommand(host: Host): Command {
  const command = new Command('show')
    .summary('Show what was said in a conversation')
    .description('Shows the messages of a conversation, the oldest first.')
    .addArgument(idArgument('Id of the thread, from "clew threads list".'))
    .option('--json', 'Print JSON: the thread and its messages.');
  return addTarget(command)
    .addHelpText(
      'after',
      examples([`clew threads show ${EXAMPLE_ID}`, 'as a chat'], [`clew chat --thread ${EXAMPLE_ID}`, 'go on in it']),
    )
    .action((id: string, { json = false, ...flags }: Target & { json?: boolean }) =>
      host.end(show({ id, json, ...flags }, host.io)),
    );
}

export function show({ id, json, ...target }: ShowOptions, io: Io): Promise<ExitCode> {
  return connected(target, io, async ({ client }) => {
    const [thread, messages] = await Promise.all([client.thread(id), client.messages(id)]);
    if (json) {
      printJson(io, { thread, messages });
      return EXIT.ok;
    }
    const { style } = io;
    print(io, `${style.bold(oneLine(thread.title))} ${style.dim(`· begun ${ago(thread.created_on, io.now())}`)}\n`);
    showMessages(messages, io, { mark: style.cyan('› ') });
    const active = thread.active_run;
    if (active) print(io, style.dim(`\nRun ${active.run_id} is ${active.status}: clew runs tail ${active.run_id}`));
    return EXIT.ok;
  });
}

import { Command } from 'commander';
import { type AnswerEnd, answerReader } from '../../chat/answer.ts';
import { answerView } from '../../chat/view.ts';
import { addTarget, connect, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { examples, type Host } from '../../host.ts';
import { EXAMPLE_ID, idArgument } from '../../id-argument.ts';
import { type Io, print } from '../../io.ts';

export interface TailOptions extends Target {
  readonly id: string;
  /** Id of a frame: only what comes after it. */
  readonly after?: string;
  readonly json: boolean;
}

export function tailCommand(host: Host): Command {
  const command = new Command('tail')
    .summary('Follow a run to its end')
    .description('Shows what a run has said and goes on until it ends. Ctrl-C stops to watch; the run goes on.')
    .addArgument(idArgument('Id of the run, from "clew runs list".'))
    .option('--after <cursor>', 'Only what comes after the frame with this id.')
    .option('--json', 'Print every frame as a line of JSON.');
  return addTarget(command)
    .addHelpText(
      'after',
      examples(
        [`clew runs tail ${EXAMPLE_ID}`, 'as a chat'],
        [`clew runs tail ${EXAMPLE_ID} --json`, 'frames, for programs'],
      ),
    )
    .action((id: string, { json = false, ...flags }: Target & { after?: string; json?: boolean }) =>
      host.end(tail({ id, json, ...flags }, host.io)),
    );
}

/** Fails when the run did. */
export async function tail({ id, after, json, ...target }: TailOptions, io: Io): Promise<ExitCode> {
  const view = answerView(io);
  const connection = await connect(target, io, () => view.status('The connection broke; trying again …'));
  const watching = new AbortController();
  const forget = io.onSignal('SIGINT', () => watching.abort());
  const read = answerReader();
  let end: AnswerEnd | undefined;
  try {
    for await (const frame of connection.client.follow(id, after, { signal: watching.signal })) {
      if (json) print(io, JSON.stringify(frame));
      for (const saying of read(frame)) {
        if (saying.kind === 'ended') end = saying.end;
        if (!json) view.show(saying);
      }
    }
  } catch (error) {
    if (!watching.signal.aborted) throw error;
    return EXIT.interrupted;
  } finally {
    view.done();
    forget();
    await connection.close();
  }
  return end?.status === 'failed' ? EXIT.failed : EXIT.ok;
}

import type { AcpClient, AcpStream, Message } from '@clew/wire/acp-client';
import { conclude } from '../chat/conclude.ts';
import { answerPrinter } from '../chat/printer.ts';
import { createPrompt } from '../chat/prompt.ts';
import { watch } from '../chat/watch.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { type Io, print } from '../io.ts';
import { findAcpAgent } from './agents.ts';
import { acpAnswerReader } from './answer.ts';
import { acpExchange } from './exchange.ts';

export interface AcpAskOptions {
  readonly url: string;
  readonly agent: string;
  readonly content: string;
  /** Absent or `-`: the content came from standard input, which is then used up. */
  readonly text?: string;
  /** Session to go on in. */
  readonly thread?: string;
  /** Run whose question `content` answers. */
  readonly resume?: string;
  readonly context?: object;
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Says something to an agent of any ACP server and shows the answer. A person at a terminal answers its questions; a pipe is told how to. */
export async function askOverAcp(client: AcpClient, options: AcpAskOptions, io: Io): Promise<ExitCode> {
  const { url, content, json, thread, resume } = options;
  if (options.context !== undefined && Object.keys(options.context).length > 0)
    throw new Failure(EXIT.usage, 'ACP has no context variables: leave --context out.');
  const agentName = await findAcpAgent(client, options.agent);
  let seen = resume === undefined ? 0 : await eventsUpTo(client, resume);
  const canAsk = !json && io.terminal.stdin && io.terminal.stdout && options.text !== undefined && options.text !== '-';
  const printer = answerPrinter(options.verbose, io);
  const read = acpAnswerReader();
  const start = { agentName, input: [said(content)], ...(thread === undefined ? {} : { sessionId: thread }) };
  let open = (signal: AbortSignal): Promise<AcpStream> =>
    resume === undefined ? client.streamRun(start, { signal }) : client.streamResume(resume, said(content), { signal });

  for (;;) {
    const begin = (signal: AbortSignal) =>
      acpExchange(client, {
        open: () => open(signal),
        seen,
        read,
        signal,
        ...(json ? { onEvent: (event) => print(io, JSON.stringify(event)) } : { onSaying: printer.show }),
      });
    const outcome = await watch(begin, printer, io);
    if (outcome === EXIT.interrupted) return outcome;
    const { end, runId } = outcome;
    seen = outcome.seen;
    const answer = `clew run --url ${url} --agent ${agentName} --resume ${runId} "…"`;
    if (end.status !== 'waiting' || runId === undefined || !canAsk) return conclude(end, { json, answer }, io);

    const typed = await ask(io);
    if (typed === EXIT.interrupted) {
      await client.cancel(runId);
      return typed;
    }
    if (typed === undefined) return conclude(end, { json, answer }, io);
    open = (signal) => client.streamResume(runId, said(typed), { signal });
  }
}

/**
 * The number of events up to the question of a run. Fails when it asks nothing: the reference server takes an answer to a run that has ended, and
 * then never ends it again.
 */
async function eventsUpTo(client: AcpClient, runId: string): Promise<number> {
  const { status } = await client.run(runId);
  if (status !== 'awaiting')
    throw new Failure(EXIT.failed, `The run ${runId} awaits no answer: its status is ${status}.`);
  return (await client.events(runId)).length;
}

/** What the person types; undefined at Ctrl-D. */
async function ask(io: Io): Promise<string | undefined | typeof EXIT.interrupted> {
  let left = false;
  const onLeave = () => {
    left = true;
  };
  const prompt = createPrompt(io, { mark: io.style.cyan('› '), onLeave });
  try {
    let typed = await prompt.read();
    while (typed?.trim() === '') typed = await prompt.read();
    return left ? EXIT.interrupted : typed;
  } finally {
    prompt.close();
  }
}

function said(content: string): Message {
  return { role: 'user', parts: [{ content_type: 'text/plain', content, content_encoding: 'plain' }] };
}

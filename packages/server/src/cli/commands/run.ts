import { Command } from 'commander';
import { findAgent } from '../chat/agents.ts';
import type { AnswerMessage, Saying } from '../chat/answer.ts';
import { exchange, type Outcome } from '../chat/exchange.ts';
import { answerView } from '../chat/view.ts';
import { addTarget, connected, type Target } from '../connect.ts';
import { addContext, type ContextValues } from '../context-option.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { examples, type Host } from '../host.ts';
import { checkId } from '../id-argument.ts';
import { type Io, note, print } from '../io.ts';
import { harmless } from '../render/text.ts';

export interface RunOptions extends Target {
  readonly agent: string;
  /** Absent or `-`: standard input. */
  readonly text?: string;
  /** Go on in this thread, for instance to answer a question. */
  readonly thread?: string;
  readonly context?: ContextValues;
  readonly json: boolean;
  readonly verbose: boolean;
}

interface Flags extends Target {
  thread?: string;
  context?: ContextValues;
  json?: boolean;
  verbose?: boolean;
}

export function runCommand(host: Host): Command {
  const command = new Command('run')
    .summary('Ask an agent once and print the answer')
    .description('Asks an agent once. The answer goes to stdout and nothing else does, so that it can be piped.')
    .argument('<agent>', 'Name of the agent.')
    .argument('[text]', 'What to say; absent or "-": what comes from stdin.')
    .option('--thread <id>', 'Go on in this thread, for instance to answer a question.', checkId)
    .option('-v, --verbose', 'Show steps and sources on stderr.')
    .option('--json', 'Print every frame of the stream as a line of JSON.');
  return addTarget(addContext(command))
    .addHelpText(
      'after',
      examples(
        ['clew run guide "How do I embed the chat?"', 'one question'],
        ['clew run guide < question.txt > answer.md', 'from a file to a file'],
        ['clew run guide "Hello" --json', 'for programs'],
      ),
    )
    .action((agent: string, text: string | undefined, { json = false, verbose = false, ...flags }: Flags) =>
      host.end(run({ agent, ...(text === undefined ? {} : { text }), json, verbose, ...flags }, host.io)),
    );
}

export async function run(options: RunOptions, io: Io): Promise<ExitCode> {
  const content = await readText(options.text, io);
  return connected(options, io, async ({ client }) => {
    const agent = await findAgent(client, options.agent);
    const say = {
      content,
      agentId: agent.id,
      context: options.context ?? {},
      ...(options.thread ? { threadId: options.thread } : {}),
    };
    const { json } = options;
    const printer = io.terminal.stdout ? personPrinter(options.verbose, io) : pipePrinter(options.verbose, io);
    const leaving = new AbortController();
    const { outcome, cancel } = exchange(client, say, {
      ...(json ? { onFrame: (frame) => print(io, JSON.stringify(frame)) } : { onSaying: printer.show }),
      signal: leaving.signal,
    });
    let interrupts = 0;
    const forget = io.onSignal('SIGINT', () => {
      interrupts++;
      if (interrupts > 1) leaving.abort();
      else cancel();
    });
    try {
      const result = await outcome;
      printer.done();
      return interrupts > 0 ? EXIT.interrupted : conclude(result, options, io);
    } catch (error) {
      printer.done();
      if (leaving.signal.aborted) return EXIT.interrupted;
      throw error;
    } finally {
      forget();
    }
  });
}

async function readText(text: string | undefined, io: Io): Promise<string> {
  if (text !== undefined && text !== '-') return text;
  if (io.terminal.stdin) note(io, io.styleErr.dim('Type what to say, then Ctrl-D.'));
  const chunks: Buffer[] = [];
  for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
  const given = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (given.trim() === '')
    throw new Failure(EXIT.usage, 'There is nothing to say. Write the text after the agent, or pipe it in.');
  return given;
}

interface Printer {
  show(saying: Saying): void;
  /** Ends what is open. */
  done(): void;
}

/** Shows an answer to a person, as it comes and with its layout. */
function personPrinter(verbose: boolean, io: Io): Printer {
  const view = answerView(io);
  return {
    show(saying) {
      const isStep = saying.kind === 'step' || saying.kind === 'step-failed';
      if (saying.kind !== 'ended' && (verbose || !isStep)) view.show(saying);
    },
    done: view.done,
  };
}

/**
 * Writes each message once it is whole, as it is stored: what was written to a pipe cannot be corrected. Steps and sources go to stderr.
 */
function pipePrinter(verbose: boolean, io: Io): Printer {
  const onError = { stdout: io.stderr, style: io.styleErr, terminal: { ...io.terminal, stdout: io.terminal.stderr } };
  const beside = answerView({ ...io, ...onError });
  let written = 0;
  return {
    show(saying) {
      if (saying.kind === 'message') print(io, `${written++ > 0 ? '\n' : ''}${plainText(saying.message)}`);
      if (!verbose || saying.kind === 'text' || saying.kind === 'revised' || saying.kind === 'ended') return;
      beside.show(
        saying.kind === 'message'
          ? { kind: 'message', message: { ...saying.message, choices: [], others: [] } }
          : saying,
      );
    },
    done: beside.done,
  };
}

function plainText({ texts, question, choices }: AnswerMessage): string {
  const asked =
    choices.length === 0
      ? []
      : [[question, ...choices.map(({ label }, index) => `${index + 1}. ${label}`)].join('\n').trim()];
  return [...texts, ...asked].join('\n\n');
}

function conclude({ end, threadId }: Outcome, { agent, json }: RunOptions, io: Io): ExitCode {
  const { styleErr } = io;
  if (end.status === 'failed') {
    if (!json) note(io, `${styleErr.red('clew:')} The run failed: ${harmless(end.error ?? '')}`);
    return EXIT.failed;
  }
  if (end.status === 'cancelled') {
    if (!json) note(io, `${styleErr.red('clew:')} The run was cancelled.`);
    return EXIT.failed;
  }
  if (end.status === 'waiting' && !json)
    note(io, styleErr.dim(`The agent waits for an answer: clew run ${agent} --thread ${threadId} "…"`));
  return EXIT.ok;
}

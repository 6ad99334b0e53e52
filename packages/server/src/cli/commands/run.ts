import { Command, Option } from 'commander';
import { askOverAcp } from '../acp/ask.ts';
import { findAgent } from '../chat/agents.ts';
import { conclude } from '../chat/conclude.ts';
import { exchange } from '../chat/exchange.ts';
import { answerPrinter } from '../chat/printer.ts';
import { watch } from '../chat/watch.ts';
import { addTarget, type Connection, connected, type Target } from '../connect.ts';
import { addContext, type ContextValues } from '../context-option.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { examples, type Host } from '../host.ts';
import { checkId } from '../id-argument.ts';
import { type Io, note, print } from '../io.ts';
import type { Protocol } from '../protocol.ts';

export interface RunOptions extends Target {
  readonly agent: string;
  /** Absent or `-`: standard input. */
  readonly text?: string;
  /** Go on in this thread, for instance to answer a question. Over ACP: in this session. */
  readonly thread?: string;
  /** Over ACP: the run whose question the text answers. */
  readonly resume?: string;
  readonly context?: ContextValues;
  /** Absent: the chat API if the server speaks it, else ACP. */
  readonly protocol?: Protocol;
  readonly json: boolean;
  readonly verbose: boolean;
}

type Flags = Partial<Omit<RunOptions, 'text'>>;

export function runCommand(host: Host): Command {
  const command = new Command('run')
    .summary('Ask an agent once and print the answer')
    .description('Asks an agent once. The answer goes to stdout and nothing else does, so that it can be piped.')
    .argument('[agent]', 'Name of the agent, unless --agent names it.')
    .argument('[text]', 'What to say; absent or "-": what comes from stdin.')
    .option('--agent <name>', 'Name of the agent.')
    .option(
      '--thread <id>',
      'Go on in this thread, for instance to answer a question. Over ACP: in this session.',
      checkId,
    )
    .option('--resume <run-id>', 'Over ACP: answer what this run asked.')
    .addOption(
      new Option('--protocol <name>', 'What to speak. (default: the chat API, or ACP where there is none)').choices([
        'orchestrate',
        'acp',
      ]),
    )
    .option('-v, --verbose', 'Show steps and sources on stderr.')
    .option('--json', 'Print every frame or event of the stream as a line of JSON.');
  return addTarget(addContext(command))
    .addHelpText(
      'after',
      examples(
        ['clew run guide "How do I embed the chat?"', 'one question'],
        ['clew run guide < question.txt > answer.md', 'from a file to a file'],
        ['clew run guide "Hello" --json', 'for programs'],
        ['clew run --url http://other:8000 --agent echo "Hello"', 'any ACP server'],
      ),
    )
    .action((first: string | undefined, second: string | undefined, flags: Flags) =>
      host.end(run(readArguments([first, second], flags), host.io)),
    );
}

function readArguments([first, second]: readonly (string | undefined)[], flags: Flags): RunOptions {
  if (flags.agent !== undefined && second !== undefined)
    throw new Failure(EXIT.usage, 'The agent is named twice: as an argument and with --agent.');
  const [agent, text] = flags.agent === undefined ? [first, second] : [flags.agent, first];
  if (agent === undefined)
    throw new Failure(EXIT.usage, 'missing required argument \'agent\'. Write, for example: clew run guide "Hello"');
  return { json: false, verbose: false, ...flags, agent, ...(text === undefined ? {} : { text }) };
}

export async function run(options: RunOptions, io: Io): Promise<ExitCode> {
  const { protocol = options.resume === undefined ? undefined : 'acp' } = options;
  if (protocol === 'orchestrate' && options.resume !== undefined)
    throw new Failure(EXIT.usage, '--resume is for ACP. Over the chat API a question is answered with --thread.');
  const content = await readText(options.text, io);
  const protocols: readonly Protocol[] = protocol ? [protocol] : ['orchestrate', 'acp'];
  return connected({ ...options, protocols }, io, ({ client, acp, url }) => {
    if (acp) return askOverAcp(acp, { ...options, url, content }, io);
    return askOverChat(client, { ...options, content }, io);
  });
}

async function askOverChat(
  client: Connection['client'],
  { content, json, verbose, thread, ...options }: RunOptions & { readonly content: string },
  io: Io,
): Promise<ExitCode> {
  const agent = await findAgent(client, options.agent);
  const say = {
    content,
    agentId: agent.id,
    context: options.context ?? {},
    ...(thread ? { threadId: thread } : {}),
  };
  const printer = answerPrinter(verbose, io);
  const show = json ? { onFrame: (frame: object) => print(io, JSON.stringify(frame)) } : { onSaying: printer.show };
  const outcome = await watch((signal) => exchange(client, say, { ...show, signal }), printer, io);
  if (outcome === EXIT.interrupted) return outcome;
  const { end, threadId } = outcome;
  return conclude(end, { json, answer: `clew run ${options.agent} --thread ${threadId} "…"` }, io);
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

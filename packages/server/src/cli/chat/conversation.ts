import { type Agent, ApiError } from '@clew/wire/client';
import type { ContextValues } from '../context-option.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { print } from '../io.ts';
import { oneLine } from '../render/text.ts';
import { findAgent } from './agents.ts';
import type { Choice } from './answer.ts';
import { exchange } from './exchange.ts';
import { type GreetingOptions, greet, recall, showAgents } from './greeting.ts';
import type { Prompt } from './prompt.ts';
import type { AnswerView } from './view.ts';

export interface ConversationOptions extends GreetingOptions {
  readonly prompt: Prompt;
  readonly view: AnswerView;
  readonly context: ContextValues;
}

/** Where a conversation begins. */
export interface Beginning {
  /** Name of the agent; absent: the one of the thread, else the server's default. */
  readonly agent: string | undefined;
  /** Thread to go on in. */
  readonly thread: string | undefined;
}

/** What can be typed in place of a message. */
export const COMMANDS: readonly (readonly [command: string, meaning: string])[] = [
  ['/new', 'begin a new conversation'],
  ['/agent', 'list the agents, or change to one: /agent NAME'],
  ['/help', 'show this'],
  ['/quit', 'leave; so do Ctrl-C and Ctrl-D'],
];

/** A person and an agent take turns until the person leaves. In a pipe the exit code is that of the last run. */
export async function converse(beginning: Beginning, options: ConversationOptions): Promise<ExitCode> {
  const { client, io, prompt, view, mark, context } = options;
  const { style } = io;
  let agent: Agent | undefined;
  let threadId = beginning.thread;
  let choices: readonly Choice[] = [];
  let lastFailed = false;

  if (beginning.agent !== undefined) agent = await findAgent(client, beginning.agent);
  // Without an agent a thread goes on with the one it was opened with: the server knows which.
  if (threadId !== undefined) await recall(threadId, options);
  else ({ agent, choices } = await greet(agent, options));

  for (;;) {
    const line = await prompt.read();
    if (line === undefined) break;
    const text = line.trim();
    if (text === '') continue;
    if (!io.terminal.stdin) print(io, `${mark}${oneLine(text)}`);
    const next = await (text.startsWith('/') ? obey(text) : say(text)).catch(complain);
    if (next === 'leave') break;
    if (next === 'leave now') return EXIT.interrupted;
  }
  if (threadId && io.terminal.stdin) print(io, style.dim(`Go on later: clew chat --thread ${threadId}`));
  return lastFailed && !io.terminal.stdin ? EXIT.failed : EXIT.ok;

  async function say(text: string): Promise<'stay' | 'leave now'> {
    const chosen = /^\d{1,2}$/.test(text) ? choices[Number(text) - 1] : undefined;
    if (chosen) print(io, style.dim(oneLine(chosen.value)));
    print(io);
    const leaving = new AbortController();
    const { outcome, cancel } = exchange(
      client,
      {
        content: chosen?.value ?? text,
        context,
        ...(agent ? { agentId: agent.id } : {}),
        ...(threadId ? { threadId } : {}),
      },
      { onSaying: view.show, signal: leaving.signal },
    );
    let interrupts = 0;
    const forget = prompt.onInterrupt(() => {
      interrupts++;
      if (interrupts > 1) return leaving.abort();
      view.status('Stopping … (Ctrl-C again leaves)');
      cancel();
    });
    view.status('Sending …');
    try {
      const { end, threadId: thread, messages } = await outcome;
      threadId = thread ?? threadId;
      choices = messages.at(-1)?.choices ?? [];
      lastFailed = end.status === 'failed';
      print(io);
      return 'stay';
    } catch (error) {
      if (leaving.signal.aborted) return 'leave now';
      throw error;
    } finally {
      view.done();
      forget();
    }
  }

  async function obey(text: string): Promise<'stay' | 'leave'> {
    const [word = '', ...rest] = text.split(/\s+/);
    switch (word) {
      case '/quit':
      case '/exit':
      case '/q':
        return 'leave';
      case '/new':
        threadId = undefined;
        print(io, style.dim('A new conversation. The one before is kept.\n'));
        return 'stay';
      case '/agent':
      case '/agents':
        if (rest.length === 0) {
          await showAgents(agent, options);
        } else {
          agent = await findAgent(client, rest.join(' '));
          threadId = undefined;
          ({ choices } = await greet(agent, options));
        }
        return 'stay';
      case '/help':
        for (const [name, meaning] of COMMANDS) print(io, `  ${style.cyan(name.padEnd(7))} ${meaning}`);
        print(io, style.dim('\nWhile an answer comes, Ctrl-C stops it.\n'));
        return 'stay';
      default:
        print(io, `There is no ${oneLine(word)}. /help shows what there is.\n`);
        return 'stay';
    }
  }

  /** What the server refuses, or that it is gone for now, does not end a conversation. */
  function complain(error: unknown): 'stay' {
    if (!(error instanceof ApiError || error instanceof Failure)) throw error;
    lastFailed = true;
    const again = error instanceof ApiError && error.isTransient ? ` ${style.dim('Press ↑ to say it again.')}` : '';
    print(io, `${style.red(oneLine(error.message))}${again}\n`);
    return 'stay';
  }
}

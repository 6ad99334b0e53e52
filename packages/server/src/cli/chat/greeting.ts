import type { Agent, Client } from '@clew/wire/client';
import { EXIT } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { type Io, print } from '../io.ts';
import { renderMarkdown } from '../render/markdown.ts';
import { oneLine, widthOf } from '../render/text.ts';
import type { Choice } from './answer.ts';
import { showMessages } from './transcript.ts';

export interface GreetingOptions {
  readonly client: Client;
  readonly io: Io;
  /** What stands before what the person says. */
  readonly mark: string;
  /** What is talked to, for the first line. */
  readonly place: string;
}

/**
 * Shows whom one talks to and what one could ask. Without an agent it is the server's default one. Gives back the agent and the suggestions that were
 * numbered.
 */
export async function greet(
  wanted: Agent | undefined,
  { client, io, place }: GreetingOptions,
): Promise<{ agent: Agent; choices: readonly Choice[] }> {
  const { style } = io;
  const { id, starter_prompts, welcome_content } = await client.starterSettings(wanted?.id);
  const agent = wanted ?? (await client.agents({ ids: [id] }))[0];
  if (!agent) throw new Failure(EXIT.failed, 'The server has no working agent; "clew agents check" says why.');
  print(io, `${style.bold(oneLine(agent.display_name))} ${style.dim(`· ${place}`)}`);
  const { is_default_message: isDefault, welcome_message: welcome, description } = welcome_content;
  for (const text of isDefault ? [agent.description] : [welcome, description])
    io.stdout.write(renderMarkdown(text, io));
  const choices = starter_prompts.prompts
    .filter(({ state }) => state === 'active')
    .map(({ title, prompt }) => ({ label: prompt || title, value: prompt || title }));
  if (choices.length > 0) print(io, style.dim('\nYou could ask:'));
  for (const [index, { label }] of choices.entries()) print(io, `  ${style.cyan(`${index + 1}`)}  ${oneLine(label)}`);
  const number = choices.length > 0 ? 'Type a question, or its number. ' : '';
  print(io, style.dim(`\n${number}/help shows what else you can do.\n`));
  return { agent, choices };
}

/** Messages of a thread that are shown again when it goes on. */
const RECALLED = 6;

/** Shows the last messages of a thread. */
export async function recall(threadId: string, { client, io, mark, place }: GreetingOptions): Promise<void> {
  const { style } = io;
  const [thread, messages] = await Promise.all([client.thread(threadId), client.messages(threadId)]);
  print(io, `${style.bold(oneLine(thread.title))} ${style.dim(`· ${place}`)}\n`);
  const earlier = messages.length - RECALLED;
  if (earlier > 0) print(io, style.dim(`(${earlier} earlier messages: clew threads show ${threadId})\n`));
  showMessages(messages.slice(-RECALLED), io, { mark });
  print(io);
}

/** Lists the agents one can talk to, with a dot at the one that listens now. */
export async function showAgents(current: Agent | undefined, { client, io }: GreetingOptions): Promise<void> {
  const { style } = io;
  const agents = await client.agents();
  const width = Math.max(...agents.map(({ name }) => widthOf(name)));
  for (const { id, name, description } of agents) {
    const dot = id === current?.id ? style.green('•') : ' ';
    const about = oneLine(description, Math.max(20, io.columns() - width - 6));
    print(io, `${dot} ${style.cyan(name.padEnd(width))}  ${style.dim(about)}`);
  }
  print(io, style.dim('\n/agent NAME changes to one and begins a new conversation.\n'));
}

import { basename } from 'node:path';
import { Command } from 'commander';
import { COMMANDS, converse } from '../chat/conversation.ts';
import { createPrompt, type Prompt } from '../chat/prompt.ts';
import { answerView } from '../chat/view.ts';
import { addTarget, connect, type Target } from '../connect.ts';
import { addContext, type ContextValues } from '../context-option.ts';
import type { ExitCode } from '../exit-codes.ts';
import { examples, type Host } from '../host.ts';
import { checkId } from '../id-argument.ts';
import type { Io } from '../io.ts';

export interface ChatOptions extends Target {
  /** Absent: the agent of the thread, else the server's default. */
  readonly agent?: string;
  /** Go on in this thread. */
  readonly thread?: string;
  readonly context?: ContextValues;
}

export function chatCommand(host: Host): Command {
  const command = new Command('chat')
    .summary('Talk to an agent in this terminal')
    .description('Talks to an agent in this terminal. Ctrl-C stops an answer, and leaves at the prompt.')
    .argument('[agent]', 'Name of the agent. (default: the one the server names)')
    .option('--thread <id>', 'Go on in this thread.', checkId);
  return addTarget(addContext(command))
    .addHelpText(
      'after',
      examples(
        ['clew chat', 'the default agent'],
        ['clew chat guide', 'an agent by its name'],
        ['clew chat --url https://chat.example.com', 'on another server'],
      ),
    )
    .action((agent: string | undefined, flags: Omit<ChatOptions, 'agent'>) =>
      host.end(chat(agent === undefined ? flags : { ...flags, agent }, host.io)),
    );
}

export async function chat(options: ChatOptions, io: Io): Promise<ExitCode> {
  const view = answerView(io);
  const connection = await connect(options, io, () => view.status('The connection broke; trying again …'));
  const { client, url, opened } = connection;
  const mark = io.style.cyan('› ');
  let prompt: Prompt | undefined;
  try {
    const names = (await client.agents()).map(({ name }) => `/agent ${name}`);
    const words = [...COMMANDS.map(([command]) => (command === '/agent' ? '/agent ' : command)), ...names];
    prompt = createPrompt(io, { mark, complete: (line) => words.filter((word) => word.startsWith(line)) });
    const { agent, thread, context = {} } = options;
    const place = opened ? basename(opened.project) : url;
    return await converse({ agent, thread }, { client, io, prompt, view, mark, context, place });
  } finally {
    prompt?.close();
    await connection.close();
  }
}

import { type Argument, Command, CommanderError } from 'commander';
import { VERSION } from '../app/version.ts';
import { checkCommand as checkAgents } from './commands/agents/check.ts';
import { listCommand as listAgents } from './commands/agents/list.ts';
import { listCommand as listChannels } from './commands/channels/list.ts';
import { pauseCommand as pauseChannel, resumeCommand as resumeChannel } from './commands/channels/pause.ts';
import { chatCommand } from './commands/chat.ts';
import { exportCommand as exportDatabase } from './commands/db/export.ts';
import { importCommand as importDatabase } from './commands/db/import.ts';
import { migrateCommand as migrateDatabase } from './commands/db/migrate.ts';
import { statusCommand as databaseStatus } from './commands/db/status.ts';
import { devCommand } from './commands/dev.ts';
import { doctorCommand } from './commands/doctor.ts';
import { embedCommand } from './commands/embed.ts';
import { helpCommand } from './commands/help.ts';
import { initCommand } from './commands/init.ts';
import { listApiKeysCommand } from './commands/keys/api/list.ts';
import { newApiKeyCommand } from './commands/keys/api/new.ts';
import { revokeApiKeyCommand } from './commands/keys/api/revoke.ts';
import { listCommand as listKeys } from './commands/keys/list.ts';
import { newCommand as newKey } from './commands/keys/new.ts';
import { revokeCommand as revokeKey } from './commands/keys/revoke.ts';
import { runCommand } from './commands/run.ts';
import { approveCommand as approveRun, rejectCommand as rejectRun } from './commands/runs/approve.ts';
import { approveLinkCommand as approveRunLink } from './commands/runs/approve-link.ts';
import { cancelCommand as cancelRun } from './commands/runs/cancel.ts';
import { exportCommand as exportRun } from './commands/runs/export.ts';
import { listCommand as listRuns } from './commands/runs/list.ts';
import { showCommand as showRun } from './commands/runs/show.ts';
import { tailCommand as tailRun } from './commands/runs/tail.ts';
import { serveCommand } from './commands/serve.ts';
import { testCommand } from './commands/test.ts';
import { listCommand as listThreads } from './commands/threads/list.ts';
import { showCommand as showThread } from './commands/threads/show.ts';
import { listCommand as listTools } from './commands/tools/list.ts';
import { eraseCommand as eraseUser } from './commands/users/erase.ts';
import { receiptsCommand as listReceipts } from './commands/users/receipts.ts';
import { versionCommand } from './commands/version.ts';
import { listCommand as listWebhooks } from './commands/webhooks/list.ts';
import { retryCommand as retryWebhooks } from './commands/webhooks/retry.ts';
import { testWebhookCommand } from './commands/webhooks/test.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { explain } from './failure.ts';
import { createHost, type Host } from './host.ts';
import { type Io, note } from './io.ts';
import { noun } from './noun.ts';
import { harmless } from './render/text.ts';

/** Runs one command line (`argv` without the program) and gives back its exit code. Never throws. */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  const host = createHost(io);
  try {
    const program = buildProgram(host);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync(argv, { from: 'user' });
    return host.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { exitCode, message } = explain(error);
    if (message !== '') note(io, `${io.styleErr.red('clew:')} ${harmless(message)}`);
    if (io.env.CLEW_DEBUG && error instanceof Error) note(io, io.styleErr.dim(error.stack ?? String(error)));
    return exitCode;
  }
}

function introduction({ style }: Io): string {
  return `Clew is an agent chat server with a chat that you can put on any page.

${style.bold('Begin here:')}
  ${style.cyan('clew init my-chat')}        makes a project with a working agent; needs no account and no key
  ${style.cyan('cd my-chat && clew dev')}   starts it and prints the address of a page with the chat
  ${style.cyan('clew chat')}                talks to the agent in this terminal
`;
}

const CLOSING = `
Each command explains itself, with examples: clew chat --help
clew --version prints the version.`;

/** All commands, in the order in which the help shows them. */
export function buildProgram(host: Host): Command {
  const program = new Command('clew')
    .usage('<command> [options]')
    .version(VERSION, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .addHelpText('before', introduction(host.io))
    .addHelpText('after', CLOSING);
  const group = (title: string, ...commands: Command[]) => {
    program.commandsGroup(title);
    for (const command of commands) program.addCommand(command);
  };
  group('Make and serve:', initCommand(host), devCommand(host), serveCommand(host));
  group('Talk:', chatCommand(host), runCommand(host), embedCommand(host));
  group(
    'Agents:',
    noun('agents', 'List and check the agents of a project', [listAgents(host), checkAgents(host)]),
    noun('tools', 'Look at the tools of a project', [listTools(host)]),
    testCommand(host),
  );
  group(
    'What was said and done:',
    noun('threads', 'Look at conversations', [listThreads(host), showThread(host)]),
    noun('runs', 'Look at runs, approve what they ask for, and stop them', [
      listRuns(host),
      showRun(host),
      tailRun(host),
      approveRun(host),
      rejectRun(host),
      approveRunLink(host),
      cancelRun(host),
      exportRun(host),
    ]),
  );
  const apiKeys = noun('api', 'Make, list and revoke API keys', [
    newApiKeyCommand(host),
    listApiKeysCommand(host),
    revokeApiKeyCommand(host),
  ]);
  group(
    'Who may come in:',
    noun('keys', 'Keys that users are signed with, and keys of programs', [
      newKey(host),
      listKeys(host),
      revokeKey(host),
      apiKeys,
    ]),
    noun('channels', 'Look at the channels of a server and pause them', [
      listChannels(host),
      pauseChannel(host),
      resumeChannel(host),
    ]),
    noun('users', 'Erase people', [eraseUser(host), listReceipts(host)]),
    noun('webhooks', 'Look at who is told of what, and tell again', [
      listWebhooks(host),
      retryWebhooks(host),
      testWebhookCommand(host),
    ]),
  );
  group(
    'Database:',
    noun('db', 'Look after the database', [
      databaseStatus(host),
      migrateDatabase(host),
      importDatabase(host),
      exportDatabase(host),
    ]),
  );
  group('Other:', doctorCommand(host), versionCommand(host), helpCommand(host, program));
  settle(program, host.io);
  return program.configureHelp({
    ...program.configureHelp(),
    visibleCommands: () => verbs(program),
    subcommandTerm: (verb) =>
      [pathOf(verb).replace(/^clew /, ''), ...verb.registeredArguments.map(argumentTerm)].join(' '),
    visibleOptions: () => [],
  });
}

/** The commands that do something, without the nouns that only hold them. */
function verbs(command: Command): Command[] {
  return command.commands.flatMap((one) => {
    if (one.commands.length === 0) return [one];
    return verbs(one).map((verb) => verb.helpGroup(one.helpGroup()));
  });
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** Settings that commander does not hand down to commands made elsewhere. */
function settle(command: Command, io: Io): void {
  const { style, styleErr } = io;
  command
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(io.columns(), 110),
      getErrHelpWidth: () => Math.min(io.columns(), 110),
      // Texts are coloured by `style` and `styleErr`, which know where colours do not belong.
      getOutHasColors: () => true,
      getErrHasColors: () => true,
      outputError: (text, write) => {
        const sentence = text
          .replace(/^error: (?:command-argument value )?/, '')
          .replace(/\n\(Did you mean (?:one of )?(.*)\?\)/, (_, names: string) => `. Did you mean ${either(names)}?`)
          .trim();
        write(`${styleErr.red('clew:')} ${sentence}${/[.?!]$/.test(sentence) ? '' : '.'}\n`);
        write(styleErr.dim(`Run "${pathOf(command)} --help" to see what there is.\n`));
      },
    })
    .configureHelp({
      subcommandTerm: (verb) => [verb.name(), ...verb.registeredArguments.map(argumentTerm)].join(' '),
      styleTitle: style.bold,
      styleCommandText: style.cyan,
      styleSubcommandText: style.cyan,
      styleOptionText: style.cyan,
      styleArgumentText: style.cyan,
    });
  if (command.parent) command.helpOption('-h, --help', 'Print this help.');
  for (const child of command.commands) settle(child, io);
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** `"a" or "b"` of the names that resemble a mistyped one, as Commander lists them. */
function either(names: string): string {
  return names
    .split(', ')
    .map((name) => `"${name}"`)
    .join(' or ');
}

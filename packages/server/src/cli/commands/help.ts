import { Command } from 'commander';
import { EXIT, EXIT_MEANINGS, type ExitCode } from '../exit-codes.ts';
import { Failure } from '../failure.ts';
import { examples, type Host } from '../host.ts';
import { type Io, print } from '../io.ts';

export function helpCommand(host: Host, program: Command): Command {
  return new Command('help')
    .summary('Explain a command, or the exit codes')
    .description('Explains a command. `clew help exit-codes` lists the exit codes of all commands.')
    .argument('[command...]', 'A command, for example: runs tail.')
    .addHelpText(
      'after',
      examples(['clew help chat', 'the options of a command'], ['clew help exit-codes', 'what a script can test']),
    )
    .action((words: string[]) => host.end(help(words, program, host.io)));
}

async function help(words: readonly string[], program: Command, io: Io): Promise<ExitCode> {
  if (words.join(' ') === 'exit-codes') {
    print(io, 'Exit codes of all commands:\n');
    for (const [code, meaning] of EXIT_MEANINGS) print(io, `  ${String(code).padStart(3)}  ${meaning}`);
    return EXIT.ok;
  }
  let command = program;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (!next) throw new Failure(EXIT.usage, `There is no command "${words.join(' ')}". Run "clew help" to see all.`);
    command = next;
  }
  command.outputHelp();
  return EXIT.ok;
}

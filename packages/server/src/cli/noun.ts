import { Command } from 'commander';

/** A command that only holds others: `clew runs` has `list`, `show`, … */
export function noun(name: string, summary: string, verbs: readonly Command[]): Command {
  const command = new Command(name)
    .summary(summary)
    .description(`${summary}.`)
    .usage('<command> [options]')
    .helpCommand(false);
  for (const verb of verbs) command.addCommand(verb);
  return command;
}

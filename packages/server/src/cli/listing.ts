import { type Command, InvalidArgumentError } from 'commander';

/** Adds `--limit` and `--json` to a command that lists something. */
export function addListing(command: Command): Command {
  return command.option('-n, --limit <n>', 'How many at most.', wholeNumber, 20).option('--json', 'Print JSON.');
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d{1,4}$/.test(text) || number < 1 || number > 1_000)
    throw new InvalidArgumentError('Write a whole number from 1 to 1000.');
  return number;
}

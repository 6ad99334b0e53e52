import { createInterface } from 'node:readline/promises';
import type { HoldingsReply } from '@clew/wire/orchestrate';
import { Command } from 'commander';
import { addTarget, connected, type Target } from '../../connect.ts';
import { erasureDesk } from '../../erasure-desk.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { type Io, note, print, printJson } from '../../io.ts';

export interface EraseOptions extends Target {
  readonly sub: string;
  readonly channel?: string;
  /** Only count. */
  readonly dryRun?: boolean;
  /** Do not ask. */
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function eraseCommand(host: Host): Command {
  const command = new Command('erase')
    .summary('Erase a person: everything that they said and sent')
    .description(
      'Removes conversations, runs, logs, questions, files, index rows and counters of a person, for good. Runs under way are cancelled first. A receipt says how much it was, and not whose. Dumps and backups that were made before keep what is in them.',
    )
    .argument('<sub>', 'Who: the "sub" of their tokens, the id of a visitor, or "anonymous-…".')
    .option('--channel <name>', 'Only conversations that came in by this channel. (default: everything)')
    .option('--dry-run', 'Only count what would be removed.')
    .option('--yes', 'Do not ask.');
  return addTarget(command)
    .option('--json', 'Print JSON.')
    .addHelpText(
      'after',
      examples(
        ['clew users erase anna@example.com --dry-run', 'count what there is of her'],
        ['clew users erase anna@example.com --yes', 'erase her without being asked'],
      ),
    )
    .action((sub: string, flags: Omit<EraseOptions, 'sub'>) => host.end(erase({ sub, ...flags }, host.io)));
}

export function erase({ sub, channel, dryRun, yes, json, ...target }: EraseOptions, io: Io): Promise<ExitCode> {
  const who = { sub, ...(channel === undefined ? {} : { channel }) };
  const asks = !dryRun && !yes;
  if (asks && !(io.terminal.stdin && io.terminal.stderr))
    throw new Failure(EXIT.usage, 'Nobody is here to be asked. Look with --dry-run, then say --yes.');
  return connected(target, io, async (connection) => {
    const desk = erasureDesk(connection);
    if (dryRun || asks) {
      const found = await desk.measure(who);
      if (dryRun && json) printJson(io, found);
      else if (isNothing(found.counts)) print(io, `There is nothing of ${sub}.`);
      else printCounts(io, found.counts);
      if (dryRun || isNothing(found.counts)) return EXIT.ok;
      if (!(await confirmed(io))) {
        note(io, 'Nothing was removed.');
        return EXIT.failed;
      }
    }
    const { counts, receipt } = await desk.erase(who);
    if (json) {
      printJson(io, { dry_run: false, counts, receipt });
      return EXIT.ok;
    }
    if (!asks) printCounts(io, counts);
    print(io, `${io.style.green('✓')} Erased. Receipt ${receipt?.id ?? ''}, ${receipt?.erased_on ?? ''}.`);
    return EXIT.ok;
  });
}

const NAMES: Readonly<Record<keyof HoldingsReply, string>> = {
  threads: 'conversations',
  messages: 'messages',
  runs: 'runs',
  events: 'events',
  files: 'files',
  documents: 'indexed documents',
  keys: 'message ids',
  counters: 'counters',
  visitors: 'visitors they were',
  deliveries: 'webhooks on their way',
};

/** Counts in lines, those of nothing left out. */
function printCounts(io: Io, counts: HoldingsReply): void {
  if (isNothing(counts)) print(io, 'nothing');
  for (const [kind, name] of Object.entries(NAMES) as [keyof HoldingsReply, string][])
    if (counts[kind] > 0) print(io, `${name.padEnd(21)} ${counts[kind].toLocaleString('en-US')}`);
}

function isNothing(counts: HoldingsReply): boolean {
  return Object.values(counts).every((count) => count === 0);
}

async function confirmed(io: Io): Promise<boolean> {
  const prompt = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const answer = await prompt.question('This cannot be undone. Type "erase" to go on: ');
    return answer.trim().toLowerCase() === 'erase';
  } finally {
    prompt.close();
  }
}

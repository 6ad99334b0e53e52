import type { ApprovalDecision, ApprovalQuestion } from '@clew/wire/orchestrate';
import { Command } from 'commander';
import { approvalDesk } from '../../approval-desk.ts';
import { addTarget, type Connection, connected, type Target } from '../../connect.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { examples, type Host } from '../../host.ts';
import { EXAMPLE_ID, idArgument } from '../../id-argument.ts';
import { type Io, note, print } from '../../io.ts';
import { harmless } from '../../render/text.ts';

export interface DecideOptions extends Target {
  readonly id: string;
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
  /** Changes of the input, `name=value` each, where the value is JSON or else text. */
  readonly edit: readonly string[];
  /** Which of several calls, from 1. Default: all, the others the other way round when it is given. */
  readonly call?: number;
}

type Flags = Target & { reason?: string; edit?: string[]; call?: string };

const ID = 'Id of the run, from "clew runs list --status requires_input".';

export function approveCommand(host: Host): Command {
  const command = new Command('approve')
    .summary('Approve the calls of tools that a run waits with')
    .description('Approves the calls of tools that a run waits with, and shows what they are.')
    .addArgument(idArgument(ID))
    .option(
      '--edit <name=value>',
      'Change a member of the input first; the value is JSON, else text. May come several times.',
      collect,
    )
    .option('--call <number>', 'Approve only this one of several calls; the others are rejected.')
    .option('--reason <text>', 'Why; stands in the log.');
  return addTarget(command)
    .addHelpText(
      'after',
      examples(
        [`clew runs approve ${EXAMPLE_ID}`, 'all that it asks for'],
        [`clew runs approve ${EXAMPLE_ID} --edit amount=12`, 'with another input'],
      ),
    )
    .action((id: string, { edit = [], call, ...flags }: Flags) =>
      host.end(decide({ id, decision: 'approve', edit, ...numbered(call), ...flags }, host.io)),
    );
}

export function rejectCommand(host: Host): Command {
  const command = new Command('reject')
    .summary('Reject the calls of tools that a run waits with')
    .description('Rejects the calls of tools that a run waits with; the agent hears the reason.')
    .addArgument(idArgument(ID))
    .option('--reason <text>', 'Why; the agent reads it, and it stands in the log.');
  return addTarget(command)
    .addHelpText('after', examples([`clew runs reject ${EXAMPLE_ID} --reason "It was paid already"`, 'with a reason']))
    .action((id: string, flags: Target & { reason?: string }) =>
      host.end(decide({ id, decision: 'reject', ...flags, edit: [] }, host.io)),
    );
}

/** Fails with the server's error when the run waits for nothing, or somebody else was quicker. */
export function decide(options: DecideOptions, io: Io): Promise<ExitCode> {
  const { id, decision } = options;
  return connected(options, io, async (connection: Connection) => {
    const desk = approvalDesk(connection);
    const question = await desk.question(id);
    await desk.decide(id, decisionOf(options, question));
    const done = decision === 'approve' ? 'Approved' : 'Rejected';
    for (const [at, { title, name }] of question.calls.entries()) {
      const isMeant = options.call === undefined || options.call === at + 1;
      print(io, `${io.style.green('✓')} ${isMeant ? done : 'Rejected'}: ${harmless(title)} (${harmless(name)})`);
    }
    if (question.calls.length === 0) print(io, `${io.style.green('✓')} ${done}.`);
    // An input that does not fit the schema of its tool is asked about once more, by the run itself.
    note(io, io.styleErr.dim(`What becomes of it: clew runs tail ${id}`));
    return EXIT.ok;
  });
}

function decisionOf({ decision, reason, edit, call }: DecideOptions, question: ApprovalQuestion): ApprovalDecision {
  const { calls, wait_id } = question;
  if (call !== undefined && call > calls.length)
    throw new Failure(
      EXIT.usage,
      `The run asks for ${calls.length} ${calls.length === 1 ? 'call' : 'calls'}: there is no number ${call}.`,
    );
  const input = edit.length > 0 ? { input: Object.fromEntries(edit.map(editOf)) } : {};
  const why = reason === undefined ? {} : { reason };
  if (calls.length < 2) return { decision, wait_id, ...why, ...input };
  if (edit.length > 0 && call === undefined)
    throw new Failure(EXIT.usage, `The run asks for ${calls.length} calls. Say with --call which one --edit is about.`);
  if (call === undefined) return { decision, wait_id, ...why };
  const own = calls.map((_, at) =>
    at + 1 === call ? { decision, ...why, ...input } : { decision: 'reject' as const },
  );
  return { decision: 'reject', wait_id, calls: own };
}

function editOf(text: string): [string, unknown] {
  const at = text.indexOf('=');
  if (at < 1) throw new Failure(EXIT.usage, `"${text}" is no change. Write, for example, --edit amount=12`);
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function numbered(call: string | undefined): { call?: number } {
  if (call === undefined) return {};
  const number = Number(call);
  if (!Number.isInteger(number) || number < 1)
    throw new Failure(EXIT.usage, `"${call}" is no number of a call. Count from 1.`);
  return { call: number };
}

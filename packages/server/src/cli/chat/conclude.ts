import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Io, note } from '../io.ts';
import { harmless } from '../render/text.ts';
import type { AnswerEnd } from './answer.ts';

/** Tells how a run ended, where that is no success, and gives the exit code. `answer` is the command that answers a question. */
export function conclude(end: AnswerEnd, { json, answer }: { json: boolean; answer: string }, io: Io): ExitCode {
  const { styleErr } = io;
  if (end.status === 'failed') {
    if (!json) note(io, `${styleErr.red('clew:')} The run failed: ${harmless(end.error ?? '')}`);
    return EXIT.failed;
  }
  if (end.status === 'cancelled') {
    if (!json) note(io, `${styleErr.red('clew:')} The run was cancelled.`);
    return EXIT.failed;
  }
  if (end.status === 'waiting' && !json) note(io, styleErr.dim(`The agent waits for an answer: ${answer}`));
  return EXIT.ok;
}

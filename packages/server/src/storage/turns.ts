import { ClewError, type Message, type NewEvent, type Run, type Scope } from '../model/index.ts';
import type { StartRun } from '../ports/index.ts';

/** A run that has not ended. */
export interface Unended {
  /** Its place among all runs. */
  readonly n: number;
  readonly id: string;
  readonly userId: string;
  readonly status: 'queued' | 'running' | 'waiting';
  readonly epoch: number;
}

/** Where a new run comes in its thread. */
export interface Place {
  /** The run that has to end before it; undefined: it can be claimed. */
  readonly before: Unended | undefined;
  /** Runs to be cancelled for it. */
  readonly interrupted: readonly Unended[];
  /** Whether no queued run ends for it, so that there is one more. */
  readonly isMore: boolean;
}

/** The run that a message answers, if it may: the newest of the thread that waits. */
export function answeredRun(
  { audience, userId }: Scope,
  { answerWaiting }: Pick<StartRun, 'answerWaiting'>,
  unended: readonly Unended[],
): Unended | undefined {
  if (!answerWaiting) return undefined;
  return unended.findLast((run) => run.status === 'waiting' && (audience === 'operator' || run.userId === userId));
}

/** Decides by `doubleTexting`. `unended` are the runs of the thread that have not ended, the oldest first. Throws `thread_busy`. */
export function placeIn(unended: readonly Unended[], { doubleTexting }: Pick<StartRun, 'doubleTexting'>): Place {
  if (unended.length > 0 && doubleTexting === 'reject') throw new ClewError('thread_busy');
  if (doubleTexting !== 'interrupt') return { before: unended.at(-1), interrupted: [], isMore: true };
  return {
    before: unended.findLast((run) => !endsAtOnce(run)),
    interrupted: unended,
    isMore: !unended.some((run) => run.status === 'queued' && endsAtOnce(run)),
  };
}

/** Whether a cancelled run ends without a worker: none has an answer begun. */
export function endsAtOnce({ status, epoch }: Pick<Run, 'status' | 'epoch'>): boolean {
  return status === 'waiting' || (status === 'queued' && epoch === 0);
}

/** The end of a run that was interrupted before a worker had it, or while it waited. */
export function interruption(at: number): NewEvent & { type: 'run.cancelled' } {
  return { type: 'run.cancelled', at, data: { reason: 'interrupted' } };
}

/**
 * The messages before a run as its agent reads them: each answer right after what it answers. In the thread they stand in the order in which they came, and a message that
 * had to wait for its turn came before the answers to those ahead of it: these are `late`.
 */
export function inTurns(early: readonly Message[], late: readonly Message[]): readonly Message[] {
  if (late.length === 0) return early;
  const turns = new Map<string, Message[]>();
  for (const message of [...early, ...late]) {
    const turn = turns.get(message.runId ?? message.id);
    if (turn) turn.push(message);
    else turns.set(message.runId ?? message.id, [message]);
  }
  return [...turns.values()].flat();
}

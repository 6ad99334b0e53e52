import type { Run as WireRun } from '@clew/wire/acp';
import type { Engine } from '../../engine/engine.ts';
import { ClewError, isTerminal, type Run, type RunEvent, type Scope } from '../../model/index.ts';
import { breakError } from './errors.ts';
import { type Shown, sse, sseWithoutId } from './framing.ts';
import { openProjection, type Projection, project, type RunView, runOf } from './project.ts';
import { runView } from './views.ts';

/** A run as one caller wants to read it. */
export interface Reading {
  readonly engine: Engine;
  readonly scope: Scope;
  readonly run: Run;
  readonly signal: AbortSignal;
  /** Told of what broke a stream, unless it was meant for the caller. */
  readonly defect: (error: unknown) => void;
}

/** The run as its log has it now, or as it was after `upTo`. */
export async function currentRun(
  { engine, scope, run }: Pick<Reading, 'engine' | 'scope' | 'run'>,
  upTo?: number,
): Promise<WireRun> {
  const view = runView(engine, scope, run);
  const until = (events: readonly RunEvent[]) => events.filter(({ seq }) => upTo === undefined || seq <= upTo);
  let state = fold(view, until(await engine.readMilestones(scope, run.id)));
  // Only a message that is being said needs its pieces: those of all others stand in `message.completed`.
  if (state.draft) state = fold(view, until(await engine.readEvents(scope, run.id)));
  const snapshot = runOf(state);
  return upTo === undefined && run.cancelRequested && !snapshot.finished_at ? cancelling(snapshot) : snapshot;
}

function fold(view: RunView, events: readonly RunEvent[]): Projection {
  const state = openProjection(view);
  for (const event of events) project(state, event);
  return state;
}

/** A run that somebody asked to stop. */
export function cancelling(run: WireRun): WireRun {
  return { ...run, status: 'cancelling', finished_at: null };
}

/** A run that nobody has begun to work on. */
export function createdRun({ engine, scope, run }: Pick<Reading, 'engine' | 'scope' | 'run'>): WireRun {
  return runOf(openProjection(runView(engine, scope, run)));
}

/** The run once it ends, or asks something after `after`. Rejects with `server_closing` when the server stops first. */
export async function settledRun(reading: Reading): Promise<WireRun> {
  const { engine, scope, run, signal } = reading;
  const state = openProjection(runView(engine, scope, run));
  for await (const events of engine.tail(scope, run.id, 0, { signal, untilWaiting: true })) {
    for (const event of events) project(state, event);
    const last = events.at(-1);
    if (last && isTerminal(last)) return runOf(state);
  }
  if (state.status !== 'awaiting') throw new ClewError('server_closing');
  return runOf(state);
}

/** The events of a stored log after a cursor. `cursor_unknown` for one that the run never gave. */
export function eventsAfter(state: Projection, events: readonly RunEvent[], cursor: string | undefined): Shown[] {
  const after = cursor === undefined ? { seq: 0, n: -1 } : parseCursor(cursor, events.at(-1)?.seq ?? 0);
  return events.flatMap((event) =>
    show(state, event).filter((_, n) => event.seq > after.seq || (event.seq === after.seq && n > after.n)),
  );
}

/** Server-sent events of the run after `after` (a `seq`), then those that come, until it ends or asks something. */
export async function* streamRun(reading: Reading, after: number): AsyncGenerator<string> {
  const { engine, scope, run } = reading;
  yield* follow(reading, {
    state: openProjection(runView(engine, scope, run)),
    from: 0,
    silentUntil: after,
    pastWaiting: false,
  });
}

/** Server-sent events after a cursor, then those that come. Who has seen that the run waits is held until the answer. */
export async function resumeStream(reading: Reading, cursor: string | undefined): Promise<AsyncIterable<string>> {
  const { engine, scope, run } = reading;
  const state = openProjection(runView(engine, scope, run));
  const events = await engine.readEvents(scope, run.id);
  const rest = eventsAfter(state, events, cursor);
  const last = events.at(-1);
  const waits = last?.type === 'run.waiting';
  async function* chunks(): AsyncGenerator<string> {
    if (rest.length > 0) yield sse(rest);
    if (last && (isTerminal(last) || (waits && rest.length > 0))) return;
    const from = last?.seq ?? 0;
    yield* follow(reading, { state, from, silentUntil: from, pastWaiting: waits });
  }
  return chunks();
}

interface Start {
  readonly state: Projection;
  /** Read the log after this `seq`. */
  readonly from: number;
  /** Events up to this `seq` are read without being shown. */
  readonly silentUntil: number;
  /** The run waits at `from`: wait with it, to its next question. */
  readonly pastWaiting: boolean;
}

async function* follow(reading: Reading, { state, from, silentUntil, pastWaiting }: Start): AsyncGenerator<string> {
  const { engine, scope, run, signal } = reading;
  try {
    for await (const events of engine.tail(scope, run.id, from, { signal, untilWaiting: !pastWaiting })) {
      const shown: Shown[] = [];
      for (const event of events) {
        const here = show(state, event);
        if (event.seq > silentUntil) shown.push(...here);
      }
      if (shown.length > 0) yield sse(shown);
      if (pastWaiting && events.at(-1)?.type === 'run.waiting') return;
    }
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof ClewError)) reading.defect(error);
    // The status is long sent: this is what the protocol has for it.
    yield sseWithoutId({ type: 'error', error: breakError(error) });
  }
}

/** The events of this wire that one event becomes, with their cursors: its `seq` and their number in it. */
function show(state: Projection, event: RunEvent): Shown[] {
  return project(state, event).map((one, n) => ({ id: `${event.seq}-${n}`, event: one }));
}

function parseCursor(cursor: string, lastSeq: number): { seq: number; n: number } {
  const mark = /^(\d{1,15})-(\d{1,9})$/.exec(cursor);
  const seq = Number(mark?.[1]);
  if (!mark || seq < 1 || seq > lastSeq) throw new ClewError('cursor_unknown');
  return { seq, n: Number(mark[2]) };
}

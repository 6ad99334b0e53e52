import type { Engine } from '../../engine/engine.ts';
import { ClewError, ERRORS, isTerminal, type Run, type RunEvent, type Scope, unpacked } from '../../model/index.ts';
import type { StreamReply } from '../endpoint.ts';
import type { Framing } from './framing.ts';
import type { RunView } from './lines.ts';
import { type Frame, openProjection, type Projection, project, projectBreak } from './project.ts';

/** Stored frames are written this many at a time. */
const CHUNK = 1_000;

/** A run as one caller wants to read it. */
export interface Reading {
  readonly scope: Scope;
  readonly run: Run;
  readonly view: RunView;
  readonly framing: Framing;
  readonly signal: AbortSignal;
  /** Told of what broke the stream, unless it was meant for the caller. */
  readonly defect: (error: unknown) => void;
}

/** The frames of a run's events after `after` (a `seq`), then those that come, until it ends or waits for a person. */
export function streamRun(engine: Engine, reading: Reading, after: number): StreamReply {
  const start = { state: openProjection(reading.view), from: 0, silentUntil: after, first: [], pastWaiting: false };
  return reply(reading, follow(engine, reading, start));
}

/**
 * The frames of a run after the one with the id `cursor`, then those that come. Rejects with `cursor_unknown` when the run has no such frame,
 * which is certain: nobody has seen a frame whose event is not stored.
 */
export async function resumeRun(engine: Engine, reading: Reading, cursor: string): Promise<StreamReply> {
  const events = await engine.readEvents(reading.scope, reading.run.id);
  const state = openProjection(reading.view);
  const rest = framesAfter(state, events, cursor);
  const last = events.at(-1);
  const from = last?.seq ?? 0;
  const waits = last?.type === 'run.waiting';
  // Who has seen that the run waits and comes back wants what follows the answer; anyone else is told that it waits, and let go.
  if (last && (isTerminal(last) || (waits && rest.length > 0))) return reply(reading, chunks(reading, rest));
  return reply(reading, follow(engine, reading, { state, from, silentUntil: from, first: rest, pastWaiting: waits }));
}

/** The frames of a stored log. */
export function framesOf(events: readonly RunEvent[], view: RunView): Frame[] {
  const state = openProjection(view);
  return events.flatMap((event) => project(state, event));
}

/**
 * A cursor may belong to a frame that is hidden from the caller, for instance after its token changed: a frame's own event tells whether
 * the count ever passed it.
 */
function framesAfter(state: Projection, events: readonly RunEvent[], cursor: string): Frame[] {
  const mark = /^(\d+)-(\d+)$/.exec(cursor);
  if (!mark) throw new ClewError('cursor_unknown');
  const ms = Number(mark[1]);
  const n = Number(mark[2]);
  const rest: Frame[] = [];
  let passed = false;
  for (const event of events.flatMap(unpacked)) {
    const before = { ms: state.ms, n: state.n };
    const frames = project(state, event);
    if (passed) {
      rest.push(...frames);
    } else if (state.ms === ms && state.n >= n && (before.ms < ms || before.n < n)) {
      passed = true;
      rest.push(...frames.filter(({ id }) => Number(id.slice(id.indexOf('-') + 1)) > n));
    }
  }
  if (!passed) throw new ClewError('cursor_unknown');
  return rest;
}

interface Start {
  readonly state: Projection;
  /** Read the log after this `seq`. */
  readonly from: number;
  /** Events up to this `seq` are read without being shown. */
  readonly silentUntil: number;
  /** Frames that are known already. */
  readonly first: readonly Frame[];
  /** The run waits at `from`: wait with it, to its next question. */
  readonly pastWaiting: boolean;
}

async function* follow(engine: Engine, reading: Reading, start: Start): AsyncGenerator<string> {
  const { scope, run, framing, signal } = reading;
  const { state, silentUntil, pastWaiting } = start;
  yield* chunks(reading, start.first);
  try {
    for await (const events of engine.tail(scope, run.id, start.from, { signal, untilWaiting: !pastWaiting })) {
      const frames: Frame[] = [];
      for (const event of events) {
        const shown = project(state, event);
        if (event.seq > silentUntil) frames.push(...shown);
      }
      if (frames.length > 0) yield framing.write(frames);
      if (pastWaiting && events.at(-1)?.type === 'run.waiting') return;
    }
  } catch (error) {
    if (signal.aborted) return;
    const { code } = error instanceof ClewError ? error : { code: 'server_error' as const };
    if (!(error instanceof ClewError)) reading.defect(error);
    // The status is long sent: the client learns of it as of a failed run.
    yield framing.write(projectBreak(state, engine.clock.now(), { code, message: ERRORS[code] }));
  }
}

async function* chunks({ framing }: Reading, frames: readonly Frame[]): AsyncGenerator<string> {
  for (let i = 0; i < frames.length; i += CHUNK) yield framing.write(frames.slice(i, i + CHUNK));
}

function reply({ framing }: Reading, stream: AsyncIterable<string>): StreamReply {
  const { headers, keepAlive } = framing;
  return { status: 200, headers, stream, ...(keepAlive ? { keepAlive } : {}) };
}

import type { Message, NewEvent } from '../../../model/index.ts';
import { type After, type Lease, LeaseLost } from '../../../ports/index.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';
import { fromMessage, MESSAGE, MESSAGE_CELLS, MESSAGE_TYPES } from '../rows.ts';

/** What a worker writes. */
export interface Append {
  readonly lease: Lease;
  readonly expectedSeq: number;
  readonly events: readonly NewEvent[];
  readonly after: After;
}

/** What was done, and what is left to do. */
export interface Appended {
  /** The run has ended, and another one of its thread waits for that: `freeNext` is due. */
  readonly followed: boolean;
}

/**
 * See `Store.append`: the appends of many runs in one statement, which must be one a run. Undefined for one that was not done, because its lease is lost.
 *
 * Runs, then threads, are locked in the order of their ids, here and wherever several are, so that two statements never wait for each other. A claim by
 * another node that comes in between has raised the epoch by the time the lock is had, and the row no longer fits. A question whose run is wanted
 * cancelled is not asked: `run.cancelled` stands in the place of `run.waiting`.
 */
export async function append(session: Session, appends: readonly Append[]): Promise<readonly (Appended | undefined)[]> {
  const jobs: (string | number | null)[][] = [];
  const events: (string | number)[][] = [];
  const messages: (string | number | null)[][] = [];
  for (const [k, write] of appends.entries()) {
    const { lease, expectedSeq, after } = write;
    const { spokenAt, states, state } = threadChange(write.events);
    const last = write.events.at(-1);
    jobs.push([
      ...[k, lease.run.id, lease.worker, lease.epoch, expectedSeq, expectedSeq + write.events.length, after.status],
      ...[last?.at ?? null, last?.type === 'run.failed' ? JSON.stringify(last.data.error) : null],
      ...[spokenAt, states, state],
      last?.type === 'run.waiting' ? (last.data.expires?.at ?? null) : null,
    ]);
    for (const [place, { type, at, data }] of write.events.entries())
      events.push([k, expectedSeq + place + 1, type, at, JSON.stringify(data)]);
    for (const message of completed(write.events)) messages.push([k, ...fromMessage(message)]);
  }
  const done = await session.rows(
    APPEND,
    ...columnsOf(jobs, 13),
    ...columnsOf(events, 5),
    ...columnsOf(messages, 1 + MESSAGE_TYPES.length),
  );
  const followed = new Map(done.map(([k, is]) => [k as number, is as boolean]));
  return appends.map((_, k) => (followed.has(k) ? { followed: followed.get(k) === true } : undefined));
}

/** What a worker is told whose append was refused. */
export function refused(): LeaseLost {
  return new LeaseLost('Another worker has the run, or it has ended, or the log has gone on.');
}

function completed(events: readonly NewEvent[]): Message[] {
  return events.flatMap((event) => (event.type === 'message.completed' ? [event.data.message] : []));
}

function threadChange(events: readonly NewEvent[]) {
  const left = events.filter((event) => event.type === 'state.updated');
  const state = left.at(-1)?.data.state;
  return {
    spokenAt: events.findLast(({ type }) => type === 'message.completed')?.at ?? null,
    states: left.length,
    state: state === undefined ? null : JSON.stringify(state),
  };
}

const MESSAGE_ARRAYS = MESSAGE_TYPES.map((type, at) => `$${at + 20}::${type}[]`).join(', ');

const APPEND = `
WITH job AS (
  SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::text[], $8::bigint[], $9::text[], $10::bigint[], $11::int[], $12::text[], $13::bigint[])
    AS job (k, run_id, worker, epoch, seq, last_seq, status, at, error, spoken_at, states, state, until)
), held AS MATERIALIZED (
  SELECT job.*, run.n, run.thread_id, job.status = 'waiting' AND run.cancelling AS unasked, run.followed
  FROM job CROSS JOIN LATERAL (
    SELECT n, thread_id, cancelling, followed FROM clew.runs
    WHERE id = job.run_id AND status = 'running' AND worker = job.worker AND epoch = job.epoch
      AND EXISTS (SELECT 1 FROM clew.events WHERE run_n = runs.n AND seq = job.seq)
      AND NOT EXISTS (SELECT 1 FROM clew.events WHERE run_n = runs.n AND seq = job.seq + 1)
    FOR NO KEY UPDATE
  ) run
), logged AS (
  INSERT INTO clew.events (run_n, seq, type, at, data)
  SELECT held.n, event.seq,
    CASE WHEN held.unasked AND event.seq = held.last_seq THEN 'run.cancelled' ELSE event.type END, event.at,
    CASE WHEN held.unasked AND event.seq = held.last_seq THEN '{"reason":"requested"}' ELSE event.data END::json
  FROM unnest($14::int[], $15::int[], $16::text[], $17::bigint[], $18::text[]) AS event (k, seq, type, at, data)
  JOIN held USING (k)
), spoken AS (
  INSERT INTO clew.messages (${MESSAGE})
  SELECT ${MESSAGE_CELLS}
  FROM unnest($19::int[], ${MESSAGE_ARRAYS}) WITH ORDINALITY AS message (k, ${MESSAGE}, place) JOIN held USING (k)
  ORDER BY place
), change AS MATERIALIZED (
  SELECT change.* FROM (
    SELECT thread_id, max(spoken_at) AS spoken_at, sum(states)::int AS states, (array_agg(state ORDER BY n DESC) FILTER (WHERE states > 0))[1] AS state
    FROM held WHERE spoken_at IS NOT NULL OR states > 0 GROUP BY thread_id ORDER BY thread_id
  ) change CROSS JOIN LATERAL (SELECT 1 FROM clew.threads WHERE id = change.thread_id FOR NO KEY UPDATE) thread
), touched AS (
  UPDATE clew.threads SET
    updated_at = coalesce(change.spoken_at, updated_at),
    state_version = state_version + change.states,
    state_value = CASE WHEN change.states > 0 THEN change.state::json ELSE state_value END
  FROM change WHERE threads.id = change.thread_id
), ended AS (
  UPDATE clew.runs SET
    status = CASE WHEN held.unasked THEN 'cancelled' ELSE held.status END, worker = NULL, lease_until = NULL, error = held.error::json,
    ended_at = CASE WHEN held.status <> 'waiting' OR held.unasked THEN held.at END,
    waiting_since = CASE WHEN held.status = 'waiting' AND NOT held.unasked THEN held.at END,
    waiting_until = CASE WHEN held.status = 'waiting' AND NOT held.unasked THEN held.until END
  FROM held WHERE runs.n = held.n AND held.status <> 'running'
)
SELECT k, followed AND status <> 'running' AND (unasked OR status <> 'waiting') FROM held`;

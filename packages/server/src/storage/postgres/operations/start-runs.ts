import { ClewError } from '../../../model/index.ts';
import type { Started } from '../../../ports/index.ts';
import { newRun, type Start } from '../../new-run.ts';
import type { Session } from '../database.ts';
import { columnsOf } from '../group.ts';
import { fromMessage, MESSAGE, MESSAGE_CELLS, MESSAGE_TYPES } from '../rows.ts';
import { CURRENT_TURN, lastTurn, queuedUpTo } from './turns.ts';

type Cell = string | number | boolean | null;

/** Whether a call may go with others in one statement; `startRuns` may still leave it undone. */
export function isOrdinary({ command }: Start): boolean {
  return command.history.length === 0 && command.earlier.length === 0 && command.state === null;
}

/**
 * Ordinary calls of `startRun` in one statement: a message for a thread that is new or there, which has no run that has not ended, and neither its key nor its id is known.
 * Gives back undefined for each call that is not like that: nothing of it was done, and `startRun` finds out what it is. `queue_full` for those that there is no room for. Rejects
 * when two calls stand in each other's way; then nothing was done at all.
 */
export async function startRuns(
  session: Session,
  calls: readonly Start[],
): Promise<(Started | ClewError | undefined)[]> {
  const made = calls.map((call) => newRun(call, call.command.message.id));
  const jobs: Cell[][] = [];
  const messages: Cell[][] = [];
  const events: Cell[][] = [];
  for (const [k, { scope, command }] of calls.entries()) {
    const { run, inputs, events: first } = made[k] as (typeof made)[number];
    const { at, claim, once } = command;
    jobs.push([
      ...[
        k,
        run.id,
        run.tenantId,
        run.userId,
        run.userName,
        run.threadId,
        run.agentId,
        run.agentName,
        run.status,
        run.messageId,
      ],
      ...[JSON.stringify(run.context), JSON.stringify(run.options), run.epoch],
      ...[claim?.worker ?? null, claim ? at + claim.ttlMs : null, at, run.startedAt],
      ...[command.title, command.thread, scope.audience === 'operator'],
      ...[once?.key ?? null, once?.fingerprint ?? null, command.message.id !== command.spareMessageId],
      ...[command.lane, command.queue?.limit ?? null, command.queue?.laneLimit ?? null],
      scope.audience === 'visitor',
    ]);
    for (const message of inputs) messages.push([k, ...fromMessage(message)]);
    for (const [place, event] of first.entries())
      events.push([k, place + 1, event.type, event.at, JSON.stringify(event.data)]);
  }
  const rows = await session.rows(
    START,
    ...columnsOf(jobs, JOB_TYPES.length),
    ...columnsOf(messages, 1 + MESSAGE_TYPES.length),
    ...columnsOf(events, 5),
  );
  const done = new Map(rows.map(([k, fits]) => [k as number, fits as boolean]));
  return made.map(({ run, inputs, lease }, k) => {
    const fits = done.get(k);
    if (fits === undefined) return undefined;
    if (!fits) return new ClewError('queue_full');
    const message = inputs.at(-1) as Started['message'];
    return { run, message, inputs, lease, interrupted: [], created: true, after: 0 };
  });
}

const JOB = `k, id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, epoch,
  worker, lease_until, at, started_at, title, thread, operator, key, fingerprint, chosen_id, lane, queue_limit, lane_limit, visitor`;
const JOB_TYPES = (
  'int, text, text, text, text, text, text, text, text, text, text, text, int, ' +
  'text, bigint, bigint, bigint, text, text, bool, text, text, bool, text, bigint, bigint, bool'
).split(', ');

/** `unnest($n::type[], …)` for these types, the first parameter being number `first`. */
function unnest(types: readonly string[], first: number): string {
  return `unnest(${types.map((type, at) => `$${first + at}::${type}[]`).join(', ')})`;
}

const FIRST_MESSAGE = JOB_TYPES.length + 1;
const FIRST_EVENT = FIRST_MESSAGE + 1 + MESSAGE_TYPES.length;

/**
 * Threads are held in the order of the calls, which whoever calls has sorted. The statement sees runs as they were when it began, though it may have waited for the lock
 * since: a thread whose row is another version by then had a call that came between, and is left to `startRun`.
 *
 * PostgreSQL does what changes rows from the last to the first: threads, messages, runs, keys, as `startRun` does, so that the two do not wait for each other.
 */
const START = `
WITH job AS (
  SELECT * FROM ${unnest(JOB_TYPES, 1)} AS job (${JOB})
), known AS MATERIALIZED (
  SELECT job.k, thread.version FROM job CROSS JOIN LATERAL (
    SELECT xmin::text AS version FROM clew.threads
    WHERE job.thread <> 'new' AND id = job.thread_id AND tenant_id = job.tenant_id AND (job.operator OR user_id = job.user_id)
    FOR NO KEY UPDATE
  ) thread
), plain AS MATERIALIZED (
  SELECT job.*, known.k IS NOT NULL AS exists FROM job LEFT JOIN known USING (k)
  WHERE CASE WHEN known.k IS NULL
      THEN job.thread = 'new' OR (job.thread = 'either' AND NOT EXISTS (SELECT 1 FROM clew.threads WHERE id = job.thread_id))
      ELSE known.version = (SELECT xmin::text FROM clew.threads WHERE id = job.thread_id)
        AND NOT EXISTS (SELECT 1 FROM job other WHERE other.thread_id = job.thread_id AND other.k < job.k)
        AND NOT EXISTS (SELECT 1 FROM clew.runs WHERE thread_id = job.thread_id AND status IN ('queued', 'running', 'waiting'))
    END
    AND NOT (job.chosen_id AND EXISTS (SELECT 1 FROM clew.messages WHERE id = job.message_id))
    AND NOT (job.key IS NOT NULL AND EXISTS (
      SELECT 1 FROM clew.sent WHERE tenant_id = job.tenant_id AND user_id = job.user_id AND key = job.key))
), lanes AS MATERIALIZED (
  SELECT asked.lane, ${lastTurn('asked.lane')} AS last, ${queuedUpTo('asked.lane_limit', 'asked.lane')} AS queued, lane_limit
  FROM (SELECT lane, max(lane_limit) AS lane_limit FROM plain WHERE worker IS NULL GROUP BY lane) asked
), whole AS MATERIALIZED (
  SELECT ${CURRENT_TURN} AS turn, ${queuedUpTo('queue_limit')} AS queued, queue_limit
  FROM (SELECT max(queue_limit) AS queue_limit FROM plain WHERE worker IS NULL HAVING count(*) > 0) asked
), turned AS MATERIALIZED (
  SELECT plain.k, greatest(whole.turn, lanes.last + 1) + row_number() OVER in_lane - 1 AS turn,
    coalesce(lanes.queued + row_number() OVER in_lane <= lanes.lane_limit, true)
      AND coalesce(whole.queued + row_number() OVER (ORDER BY plain.k) <= whole.queue_limit, true) AS fits
  FROM plain JOIN lanes USING (lane) CROSS JOIN whole WHERE plain.worker IS NULL
  WINDOW in_lane AS (PARTITION BY plain.lane ORDER BY plain.k)
), fit AS MATERIALIZED (
  SELECT plain.*, coalesce(turned.turn, -1) AS turn FROM plain LEFT JOIN turned USING (k) WHERE coalesce(turned.fits, true)
), sent AS (
  INSERT INTO clew.sent (tenant_id, user_id, key, fingerprint, run_id, message_id, after, at)
  SELECT tenant_id, user_id, key, fingerprint, id, message_id, 0, at FROM fit WHERE key IS NOT NULL
), started AS (
  INSERT INTO clew.runs (id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, inputs, epoch,
    worker, lease_until, created_at, started_at, lane, turn)
  SELECT id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context::json, options::json, 1, epoch,
    worker, lease_until, at, started_at, lane, turn
  FROM fit ORDER BY k RETURNING n, id
), logged AS (
  INSERT INTO clew.events (run_n, seq, type, at, data)
  SELECT started.n, event.seq, event.type, event.at, event.data::json
  FROM ${unnest(['int', 'int', 'text', 'bigint', 'text'], FIRST_EVENT)} AS event (k, seq, type, at, data)
  JOIN fit USING (k) JOIN started ON started.id = fit.id
), spoken AS (
  INSERT INTO clew.messages (${MESSAGE})
  SELECT ${MESSAGE_CELLS}
  FROM ${unnest(['int', ...MESSAGE_TYPES], FIRST_MESSAGE)} WITH ORDINALITY AS message (k, ${MESSAGE}, place) JOIN fit USING (k)
  ORDER BY message.place
), touched AS (
  UPDATE clew.threads SET updated_at = latest.at
  FROM (SELECT thread_id, max(at) AS at FROM fit WHERE exists GROUP BY thread_id) latest WHERE threads.id = latest.thread_id
), made AS (
  INSERT INTO clew.threads (id, tenant_id, user_id, user_name, title, agent_id, status, created_at, updated_at, extra, visitor)
  SELECT thread_id, tenant_id, user_id, user_name, title, agent_id, 'open', at, at, '{}', visitor FROM fit WHERE NOT exists
)
SELECT plain.k, coalesce(turned.fits, true) FROM plain LEFT JOIN turned USING (k)`;

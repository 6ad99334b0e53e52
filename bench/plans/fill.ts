import type { RunEvent } from '../../packages/server/src/model/index.ts';
import { packLog } from '../../packages/server/src/storage/packed-log.ts';
import type { Database } from '../../packages/server/src/storage/postgres/database.ts';
import { makeAhead, partitions } from '../../packages/server/src/storage/postgres/partitions.ts';

/** Events of one run: as many as an answer of some 300 characters has. */
export const EVENTS_A_RUN = 14;
const RUNS_A_THREAD = 3;
/** One run of so many is archived, the oldest. */
const ARCHIVED = 10;
/** Runs of one statement. */
const PIECE = 50_000;

/** When the first run was made; each is a second after the last. */
export const FIRST_AT = 1_700_000_000_000;
export const TENANT = uuid('0');

/** How many rows there are of each kind. */
export interface Filled {
  readonly threads: number;
  readonly runs: number;
  readonly messages: number;
  /** In the log and in archives. */
  readonly events: number;
}

/** UUIDs of thread, run, message and person number `n`, as `fill` gives them. */
export const threadId = (n: number) => uuid(`a${n.toString(16)}`);
export const runId = (n: number) => uuid(`b${n.toString(16)}`);
export const userId = (n: number) => uuid(`d${n.toString(16)}`);
/** Each person has so many threads. */
const THREADS_A_USER = 20;
export const users = ({ threads }: Filled) => Math.ceil(threads / THREADS_A_USER);

function uuid(end: string): string {
  return `00000000-0000-4000-8000-${end.padStart(12, '0')}`;
}

const id = (letter: string, n: string) => `'00000000-0000-4000-8000-' || lpad('${letter}' || to_hex(${n}), 12, '0')`;

/**
 * Fills an empty database as if so many events had been written, run after run, one in a thousand of them still under way, and brings the statistics up to date. Done by the database itself: a million events
 * take some ten seconds.
 */
export async function fill(database: Database, events: number, tell: (done: number) => void): Promise<Filled> {
  const runs = Math.ceil(events / EVENTS_A_RUN);
  const threads = Math.ceil(runs / RUNS_A_THREAD);
  await database.transaction((session) => makeAhead(session, runs));
  const piecewise = async (to: number, work: (from: number, to: number) => Promise<unknown>) => {
    for (let from = 1; from <= to; from += PIECE) {
      await work(from, Math.min(to, from + PIECE - 1));
    }
  };
  await piecewise(threads, (from, to) =>
    database.run(
      `INSERT INTO clew.threads (id, tenant_id, user_id, user_name, title, agent_id, status, created_at, updated_at, extra, visitor)
       SELECT ${id('a', 'n')}, '${TENANT}', ${id('d', `(n % ${Math.ceil(threads / THREADS_A_USER)})`)}, 'u', 'A title', 'agent', 'open',
         ${FIRST_AT} + n * 3000::bigint, ${FIRST_AT} + n * 3000::bigint, '{}', n % 2 = 0
       FROM generate_series(${from}::int, ${to}) AS n ORDER BY n`,
    ),
  );
  await piecewise(runs, async (from, to) => {
    const thread = `((n - 1) / ${RUNS_A_THREAD} + 1)`;
    const user = id('d', `(${thread} % ${Math.ceil(threads / THREADS_A_USER)})`);
    await database.run(
      `INSERT INTO clew.runs (id, tenant_id, user_id, user_name, thread_id, agent_id, agent_name, status, message_id, context, options, inputs, epoch, worker, lease_until,
         created_at, started_at, ended_at, waiting_since)
       SELECT ${id('b', 'n')}, '${TENANT}', ${user}, 'u', ${id('a', thread)}, 'agent', 'agent',
         CASE n % 1000 WHEN 0 THEN 'queued' WHEN 1 THEN 'running' WHEN 2 THEN 'waiting' ELSE 'completed' END, ${id('c', 'n * 2')}, '{}', '{"channel":"shop"}', 1, 1,
         CASE n % 1000 WHEN 1 THEN 'w' END, CASE n % 1000 WHEN 1 THEN ${FIRST_AT} + n * 1000::bigint END,
         ${FIRST_AT} + n * 1000::bigint, ${FIRST_AT} + n * 1000::bigint, CASE WHEN n % 1000 > 2 THEN ${FIRST_AT} + n * 1000::bigint END,
         CASE n % 1000 WHEN 2 THEN ${FIRST_AT} + n * 1000::bigint END
       FROM generate_series(${from}::int, ${to}) AS n ORDER BY n`,
    );
    await database.run(
      `INSERT INTO clew.messages (id, thread_id, run_id, role, parts, user_id, user_name, created_at, updated_at, flags)
       SELECT ${id('c', '(n * 2 + half)')}, ${id('a', thread)}, ${id('b', 'n')}, CASE half WHEN 0 THEN 'user' ELSE 'assistant' END,
         json_build_array(json_build_object('type', 'text', 'text', repeat('some words ', 8))), ${user}, 'u', ${FIRST_AT} + n * 1000::bigint, 0, 0
       FROM generate_series(${from}::int, ${to}) AS n, generate_series(0, 1) AS half ORDER BY n, half`,
    );
    await database.run(
      `INSERT INTO clew.events (run_n, seq, type, at, data)
       SELECT n, seq, CASE seq WHEN 1 THEN 'run.created' WHEN 2 THEN 'run.started' WHEN ${EVENTS_A_RUN} THEN CASE n % 1000 WHEN 2 THEN 'run.waiting' ELSE 'run.completed' END ELSE 'message.delta' END,
         ${FIRST_AT} + n * 1000::bigint + seq, json_build_object('waitId', 'w1', 'messageId', ${id('c', '(n * 2 + 1)')}, 'part', 0, 'text', 'some more words')
       FROM generate_series(${from}::int, ${to}) AS n, generate_series(1, ${EVENTS_A_RUN}) AS seq ORDER BY n, seq`,
    );
    await database.run(
      `INSERT INTO clew.sent SELECT '${TENANT}', ${user}, 'key ' || n, 'f', ${id('b', 'n')}, ${id('c', 'n * 2')}, 0, 0 FROM generate_series(${from}::int, ${to}) AS n`,
    );
    tell(to * EVENTS_A_RUN);
  });
  await archive(database, Math.floor(runs / ARCHIVED));
  // Not the partitions that are still empty: one that is known to be so is read from end to end.
  const filled = (await partitions(database)).filter(({ from }) => (from ?? 0) <= runs).map(({ name }) => name);
  for (const table of ['threads', 'runs', 'messages', 'sent', 'archives', ...filled])
    await database.run(`VACUUM ANALYZE clew.${table}`);
  return { threads, runs, messages: runs * 2, events: runs * EVENTS_A_RUN };
}

/** Archives the logs of the first runs that have ended, pruned but for the last of them. All have the words of one: what is asked is how they are found. */
async function archive(database: Database, upTo: number): Promise<void> {
  const delta: Omit<RunEvent, 'seq'> = {
    type: 'message.delta',
    at: FIRST_AT,
    data: { messageId: 'm', part: 0, text: 'some more words' },
  };
  const log = Array.from({ length: EVENTS_A_RUN }, (_, n) => ({ ...delta, seq: n + 1 }) as RunEvent);
  const ended = `SELECT n FROM clew.runs WHERE n <= ${upTo} AND ended_at IS NOT NULL`;
  await database.run(
    `INSERT INTO clew.archives SELECT n, ${EVENTS_A_RUN}, decode($1, 'hex') FROM (${ended}) run`,
    Buffer.from(packLog(log).log).toString('hex'),
  );
  await database.run(`DELETE FROM clew.events WHERE run_n IN (${ended})`);
  await database.run(
    `UPDATE clew.runs SET archived_seq = ${EVENTS_A_RUN}, pruned = n < ${upTo - 10} WHERE n IN (${ended})`,
  );
}

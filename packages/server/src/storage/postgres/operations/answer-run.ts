import { ClewError, type EventData, type Message, type Run, type Scope } from '../../../model/index.ts';
import { type Answer, answerMessage } from '../../new-run.ts';
import type { Session } from '../database.ts';
import { insertEvents, insertMessages, touchThread } from './insert.ts';
import { readRun } from './read.ts';
import { owned } from './scope.ts';

/** See `Store.answerRun`. `after` is the place of the question in the log. To be called in a transaction. */
export async function answerRun(
  session: Session,
  scope: Scope,
  { runId, answer }: Answer,
): Promise<{ run: Run; message: Message; after: number }> {
  const own = owned(scope, 2);
  const row = await session.row(
    `SELECT n, thread_id, status FROM clew.runs WHERE id = $1 AND ${own.sql} FOR NO KEY UPDATE`,
    runId,
    ...own.values,
  );
  if (!row) throw new ClewError('run_not_found');
  const [n, threadId, status] = row as [number, string, string];
  if (status !== 'waiting') throw new ClewError('run_not_waiting');
  const last = await session.row(
    `SELECT seq, data FROM clew.events WHERE run_n = $1 AND type = 'run.waiting' ORDER BY seq DESC LIMIT 1`,
    n,
  );
  const [after, { waitId, messageId }] = last as [number, EventData['run.waiting']];
  if (answer.waitId !== undefined && answer.waitId !== waitId) throw new ClewError('run_not_waiting');
  const message = answerMessage(scope, { runId, answer }, { threadId, parentId: messageId });
  await touchThread(session, threadId, answer.at);
  await insertMessages(session, [message]);
  await insertEvents(session, { n, seq: after }, [
    { type: 'run.resumed', at: answer.at, data: { waitId, answer: message } },
  ]);
  await session.run(`UPDATE clew.runs SET status = 'queued', worker = NULL, lease_until = NULL WHERE n = $1`, n);
  return { run: await readRun(session, scope, runId), message, after };
}

import { ClewError, type EventData, type Message, type Run, type Scope } from '../../../model/index.ts';
import { type Answer, answerMessage } from '../../new-run.ts';
import { type Context, owned } from './context.ts';
import { insertEvents, insertMessage, touchThread } from './insert.ts';
import { readRun } from './read.ts';

/** See `Store.answerRun`. `after` is the place of the question in the log. */
export function answerRun(
  context: Context,
  scope: Scope,
  { runId, answer }: Answer,
): { run: Run; message: Message; after: number } {
  const { connection, recent } = context;
  const own = owned(scope);
  const row = connection.row(
    `SELECT n, thread_id, status, message_id FROM runs WHERE id = ? AND ${own.sql}`,
    runId,
    ...own.values,
  );
  if (!row) throw new ClewError('run_not_found');
  const [n, threadId, status] = row as [number, string, string];
  if (status !== 'waiting') throw new ClewError('run_not_waiting');
  const last = connection.row(
    `SELECT seq, data FROM events WHERE run_n = ? AND type = 'run.waiting' ORDER BY seq DESC LIMIT 1`,
    n,
  );
  const [after, data] = last as [number, string];
  const { waitId, messageId }: EventData['run.waiting'] = JSON.parse(data);
  if (answer.waitId !== undefined && answer.waitId !== waitId) throw new ClewError('run_not_waiting');
  const message = answerMessage(scope, { runId, answer }, { threadId, parentId: messageId });
  insertMessage(connection, message);
  recent.delete(runId);
  insertEvents(connection, { n, seq: after }, [
    { type: 'run.resumed', at: answer.at, data: { waitId, answer: message } },
  ]);
  connection.run(`UPDATE runs SET status = 'queued', worker = NULL, lease_until = NULL WHERE n = ?`, n);
  touchThread(connection, threadId, answer.at);
  return { run: readRun(connection, scope, runId), message, after };
}

import { WEBHOOKS_SETTING, type WebhookEvent } from '../../../ports/index.ts';
import type { Context } from './context.ts';
import { readSetting, writeSetting } from './settings.ts';

/**
 * See `Store.subscribe`. The triggers are there only while somebody subscribes: a table with one is updated a row at a time with all its columns at hand, which costs each
 * run some 10 µs, also where the trigger finds nothing to do.
 */
export function subscribe(context: Context, types: readonly WebhookEvent[]): void {
  if (types.length === 0 && readSetting(context, WEBHOOKS_SETTING) === undefined) return;
  const { db } = context.connection;
  writeSetting(context, WEBHOOKS_SETTING, types);
  db.exec('DROP TRIGGER IF EXISTS runs_told; DROP TRIGGER IF EXISTS feedback_told');
  const statuses = types.filter((type) => type.startsWith('run.')).map((type) => `'${type.slice('run.'.length)}'`);
  if (statuses.length > 0) db.exec(tellOfRuns(statuses));
  if (types.includes('feedback')) db.exec(TELL_OF_FEEDBACK);
}

const tellOfRuns = (statuses: readonly string[]) => `
CREATE TRIGGER runs_told AFTER UPDATE OF status ON runs
WHEN NEW.status <> OLD.status AND NEW.status IN (${statuses.join(', ')})
BEGIN
  INSERT INTO webhook_events (type, tenant_id, run_id, at)
  VALUES ('run.' || NEW.status, NEW.tenant_id, NEW.id, coalesce(iif(NEW.status = 'waiting', NEW.waiting_since, NEW.ended_at), NEW.created_at));
END`;

const TELL_OF_FEEDBACK = `
CREATE TRIGGER feedback_told AFTER UPDATE OF state ON messages
WHEN NEW.run_id IS NOT NULL AND NEW.role = 'assistant' AND NEW.state IS NOT OLD.state AND instr(NEW.state, '"feedback"') > 0
BEGIN
  INSERT INTO webhook_events (type, tenant_id, run_id, message_id, at)
  SELECT 'feedback', tenant_id, id, NEW.id, NEW.updated_at FROM runs WHERE id = NEW.run_id;
END`;

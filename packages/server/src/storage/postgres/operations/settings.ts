import type { Json } from '../../../model/index.ts';
import type { Session } from '../database.ts';

/** See `Store.readSetting`. */
export async function readSetting(session: Session, key: string): Promise<Json | undefined> {
  return (await session.row('SELECT value FROM clew.settings WHERE key = $1', key))?.[0];
}

/** See `Store.writeSetting`. */
export async function writeSetting(session: Session, key: string, value: Json): Promise<void> {
  await session.run(
    'INSERT INTO clew.settings (key, value) VALUES ($1, $2::json) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    JSON.stringify(value),
  );
}

/** See `Store.keepSetting`. */
export async function keepSetting(session: Session, key: string, value: Json): Promise<Json> {
  await session.run(
    'INSERT INTO clew.settings (key, value) VALUES ($1, $2::json) ON CONFLICT (key) DO NOTHING',
    key,
    JSON.stringify(value),
  );
  return (await readSetting(session, key)) as Json;
}

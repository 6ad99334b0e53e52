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

/** See `Store.changeSetting`. JSON is compared as the text that was written: reading and writing it again gives the same. */
export async function changeSetting(
  session: Session,
  key: string,
  { before, value }: { before: Json | undefined; value: Json },
): Promise<boolean> {
  const text = JSON.stringify(value);
  const changed =
    before === undefined
      ? await session.run(
          'INSERT INTO clew.settings (key, value) VALUES ($1, $2::json) ON CONFLICT (key) DO NOTHING',
          key,
          text,
        )
      : await session.run(
          'UPDATE clew.settings SET value = $1::json WHERE key = $2 AND value::text = $3',
          text,
          key,
          JSON.stringify(before),
        );
  return changed > 0;
}

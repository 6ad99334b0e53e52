import type { Json } from '../../../model/index.ts';
import type { Context } from './context.ts';

/** See `Store.readSetting`. */
export function readSetting({ connection }: Context, key: string): Json | undefined {
  const row = connection.row('SELECT value FROM settings WHERE key = ?', key);
  return row ? JSON.parse(row[0] as string) : undefined;
}

/** See `Store.writeSetting`. */
export function writeSetting({ connection }: Context, key: string, value: Json): void {
  connection.run(
    'INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    JSON.stringify(value),
  );
}

/** See `Store.keepSetting`. */
export function keepSetting(context: Context, key: string, value: Json): Json {
  const { connection } = context;
  connection.run('INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO NOTHING', key, JSON.stringify(value));
  return readSetting(context, key) as Json;
}

/** See `Store.changeSetting`. JSON is compared as the text that was written: reading and writing it again gives the same. */
export function changeSetting(
  { connection }: Context,
  key: string,
  { before, value }: { before: Json | undefined; value: Json },
): boolean {
  const text = JSON.stringify(value);
  const changed =
    before === undefined
      ? connection.run('INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO NOTHING', key, text)
      : connection.run('UPDATE settings SET value = ? WHERE key = ? AND value = ?', text, key, JSON.stringify(before));
  return changed > 0;
}

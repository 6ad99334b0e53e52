import { CONFIG_FILE } from './file.ts';
import type { Mistake } from './mistake.ts';
import type { SettingKey, SettingValue } from './settings.ts';

/** What the settings of the file store lack together. That its key is in the environment is looked at when a server starts: other verbs do without. */
export function checkFileStore(values: ReadonlyMap<SettingKey, SettingValue>, mistakes: Mistake[]): void {
  if (values.get('files.store') !== 's3' || values.get('files.bucket') !== null) return;
  mistakes.push({
    source: CONFIG_FILE,
    line: null,
    key: 'files.bucket',
    message: '`files.store` is `s3`, and no bucket is named.',
    fix: 'Write, for example, `bucket: chat-uploads`, or set CLEW_S3_BUCKET.',
  });
}

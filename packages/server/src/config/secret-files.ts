import { readFileSync } from 'node:fs';
import type { Environment } from './environment.ts';
import type { Mistake } from './mistake.ts';
import { SETTINGS, type Setting } from './settings.ts';

/** What Docker, Compose and Kubernetes mount secrets as: the value of `NAME` stands in the file that `NAME_FILE` names. */
const SUFFIX = '_FILE';

/** Variables of the environment that a setting listens to. */
export function namesOf({ env, secret }: Setting): readonly string[] {
  return secret ? [env, env + SUFFIX] : [env];
}

/**
 * The environment with the values that stand in files: `CLEW_DATABASE_URL_FILE=/run/secrets/url` is `CLEW_DATABASE_URL` with what the file says, without space around it. For settings
 * that are secret only: `CLEW_DB_FILE` would be taken for the database itself. A file that cannot be read, an empty one, and a value that is given twice are mistakes; no message shows a value.
 */
export function withSecretFiles(env: Environment, mistakes: Mistake[]): Environment {
  const found: Record<string, string> = {};
  for (const setting of SETTINGS) {
    const key = setting.env + SUFFIX;
    const file = env[key]?.trim();
    if (!setting.secret || !file) continue;
    const mistake = (message: string, fix: string) =>
      mistakes.push({ source: 'environment', line: null, key, message, fix });
    if (env[setting.env]?.trim()) {
      mistake(`\`${setting.env}\` is set, too.`, 'Take one of the two away.');
      continue;
    }
    try {
      const value = readFileSync(file, 'utf8').trim();
      if (value === '') mistake(`\`${file}\` is empty.`, 'Write the value into it.');
      else found[setting.env] = value;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      mistake(`\`${file}\` cannot be read (${code}).`, 'Name a file that this user may read.');
    }
  }
  return { ...env, ...found };
}

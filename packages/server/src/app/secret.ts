import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClewError } from '../model/index.ts';

/** Bytes of a secret; HS256 wants 32 or more. */
export const SECRET_LENGTH = 32;

/**
 * The secret that this installation signs its tokens with: kept beside the database, readable by its owner only, made at the first start. There is no
 * default one: a default is a secret that everybody knows.
 */
export function installationSecret(databaseFile: string): Uint8Array {
  if (databaseFile === ':memory:') return randomBytes(SECRET_LENGTH);
  const path = join(dirname(databaseFile), 'secret');
  const known = read(path);
  if (known) return known;
  const secret = randomBytes(SECRET_LENGTH);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${secret.toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    // Somebody else made it in the meantime, or nobody can.
    const other = read(path);
    if (other) return other;
    throw new ClewError('database_unusable', 'The secret of this installation cannot be written beside the database.', {
      cause,
    });
  }
  return secret;
}

/** The secret of an installation whose database this is; undefined where it was never started. */
export function secretBeside(databaseFile: string): Uint8Array | undefined {
  return databaseFile === ':memory:' ? undefined : read(join(dirname(databaseFile), 'secret'));
}

/** Writes a secret beside a database that was copied. One that stands there already must be the same: `database_unusable`. */
export function keepSecretBeside(databaseFile: string, secret: Uint8Array): void {
  const known = secretBeside(databaseFile);
  if (known && Buffer.compare(known, secret) === 0) return;
  if (known)
    throw new ClewError(
      'database_unusable',
      'The folder of the file has the secret of another installation. Name a file in a folder of its own.',
    );
  mkdirSync(dirname(databaseFile), { recursive: true });
  writeFileSync(join(dirname(databaseFile), 'secret'), `${Buffer.from(secret).toString('base64url')}\n`, {
    mode: 0o600,
    flag: 'wx',
  });
}

function read(path: string): Uint8Array | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const secret = Buffer.from(text.trim(), 'base64url');
  if (secret.length < SECRET_LENGTH) {
    throw new ClewError(
      'database_unusable',
      'The file "secret" beside the database is damaged. Delete it: tokens that were given out become invalid.',
    );
  }
  return secret;
}

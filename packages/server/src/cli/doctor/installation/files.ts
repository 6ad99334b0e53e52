import { examineBucket, examineFolders, examineSecret } from '../../../app/examine.ts';
import type { Config } from '../../../config/index.ts';
import { fine, found, type Line } from '../finding.ts';

const MB = 1_024 * 1_024;
const FULL = 100 * MB;
const LOW = 1_024 * MB;

/** The secret beside the database, the folders that are written to, and the room on their disk. */
export async function checkFiles(config: Config): Promise<Line[]> {
  return [...checkSecret(config.storage), ...(await checkFolders(config))];
}

/** Whether the bucket of uploaded files, where there is one, can be used. */
export async function checkBucket(config: Config): Promise<Line[]> {
  const { store, bucket } = config.files;
  if (store === 'disk') return [];
  const trouble = await examineBucket(config);
  if (trouble === null) return [fine(`Uploaded files can be kept in the bucket ${bucket}.`)];
  return [
    found(
      'bucket_unusable',
      `Uploaded files cannot be kept in the bucket ${bucket}: ${trouble}`,
      'Are `files.endpoint`, `files.region` and the two AWS variables right, and may the key write? docs/files.md says what it needs.',
    ),
  ];
}

function checkSecret(storage: Config['storage']): Line[] {
  const secret = examineSecret(storage);
  if (!secret) return [];
  const { path, mode, holdsOne } = secret;
  if (!holdsOne)
    return [
      found(
        'secret_damaged',
        `The file ${path} holds no secret.`,
        'Delete it; a new one is made at the next start, and tokens that were given out become invalid:',
        `rm '${path}'`,
      ),
    ];
  // Windows has no such bits.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    return [
      found(
        'secret_exposed',
        `Others on this machine can read the secret ${path} (mode ${mode.toString(8).padStart(4, '0')}), and with it be the operator.`,
        'Take their rights away; if somebody may have read it, delete it and start again, which makes a new one.',
        `chmod 600 '${path}'`,
      ),
    ];
  return [fine('The secret of the installation can be read by its owner alone.')];
}

async function checkFolders(config: Config): Promise<Line[]> {
  const folders = await examineFolders(config);
  const lines = folders
    .filter(({ writable }) => !writable)
    .map(({ path }) =>
      found(
        'files_unwritable',
        `The folder ${path} cannot be written.`,
        'Give it to the user that runs the server:',
        `chown -R "$USER" '${path}'`,
      ),
    );
  if (lines.length === 0 && folders.length > 0)
    lines.push(fine(`What is kept can be written: ${folders.map(({ path }) => path).join(', ')}`));
  const [tightest] = [...folders].sort((a, b) => a.freeBytes - b.freeBytes);
  if (!tightest) return lines;
  const free = `${(tightest.freeBytes / MB / 1_024).toFixed(1)} GB`;
  if (tightest.freeBytes >= LOW) return [...lines, fine(`The disk has ${free} left.`)];
  const code = tightest.freeBytes < FULL ? 'disk_full' : 'disk_low';
  return [
    ...lines,
    found(
      code,
      `The disk of ${tightest.path} has ${free} left.`,
      'Make room, or keep the data elsewhere (`storage.file`, `files.folder`).',
    ),
  ];
}

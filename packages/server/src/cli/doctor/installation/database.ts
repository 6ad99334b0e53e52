import { type DatabaseExamination, examineDatabase } from '../../../app/examine.ts';
import type { Config } from '../../../config/index.ts';
import { fine, found, type Line } from '../finding.ts';
import { ago } from '../page/token.ts';

/** Leases are some seconds: nodes whose clocks differ by more take runs from each other. */
const SKEW_MS = 5_000;

/** The database as it is. `served`: a server of this project answers, so that it may have the database open. Undefined when it cannot be looked at. */
export async function checkDatabase(
  storage: Config['storage'],
  { served, now }: { readonly served: boolean; readonly now: () => number },
): Promise<{ readonly lines: readonly Line[]; readonly seen: DatabaseExamination | undefined }> {
  let seen: DatabaseExamination;
  try {
    seen = await examineDatabase(storage, now);
  } catch (error) {
    const said = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
    const fix =
      storage.url === null
        ? 'Is it an SQLite database that you may read? Put back a copy of it, or name another file with --db.'
        : 'Does PostgreSQL run, and are address, user and password right? They are those of CLEW_DATABASE_URL or `storage.url`.';
    const what = said.startsWith('The database') ? `${said}.` : `The database cannot be used: ${said}.`;
    return { lines: [found('database_unusable', what, fix)], seen: undefined };
  }
  const { kind, version, newest, readOnly, locked, damage, aheadMs } = seen;
  const lines: Line[] = [];
  const name = kind === 'sqlite' ? (storage.file === ':memory:' ? 'memory' : storage.file) : 'PostgreSQL';
  if (damage !== null)
    lines.push(
      found(
        'database_damaged',
        `The database ${name} is damaged: ${damage}.`,
        'Stop the server and put back a copy, or save what can be read:',
        `sqlite3 '${storage.file}' .recover | sqlite3 '${storage.file}.new'`,
      ),
    );
  else if (readOnly)
    lines.push(
      found(
        'database_read_only',
        'The database can only be read: it is a replica, or `default_transaction_read_only` is set. Servers refuse it.',
        'Let CLEW_DATABASE_URL or `storage.url` lead to the primary.',
      ),
    );
  else if (version > newest)
    lines.push(
      found(
        'database_newer',
        `The database has schema ${version}, and this Clew knows ${newest}.`,
        'Use the Clew that wrote it, or a newer one:',
        'npm install clew@latest',
      ),
    );
  else if (version === 0) lines.push(fine(`The database is made at the first start: ${name}.`));
  else if (version < newest)
    lines.push(fine(`The database (${name}) has schema ${version}; the next start brings it to ${newest}.`));
  else lines.push(fine(`The database can be used: ${name}, schema ${version}.`));
  if (locked && !served)
    lines.push(
      found(
        'database_locked',
        `Another process has the database open, and no server answers at the address of this project.`,
        'Stop it (a second `clew dev`, another port?), or name another file with --db. On Linux this says which:',
        `fuser '${storage.file}.lock'`,
      ),
    );
  if (aheadMs !== null && Math.abs(aheadMs) > SKEW_MS)
    lines.push(
      found(
        'clock_off',
        `The clock of the database is ${ago(Math.abs(aheadMs) / 1_000)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the one of this machine.`,
        'Let all machines keep their clocks by NTP:',
        'timedatectl set-ntp true',
      ),
    );
  else if (aheadMs !== null) lines.push(fine('The clocks of this machine and of the database agree.'));
  return { lines, seen };
}

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { findPostgresTools, startPostgresFor } from '../kit/postgres-tools.ts';
import { works } from '../kit/programs.ts';
import { ROOT, type ServedProcess, serve } from '../kit/server.ts';
import { tempDir } from '../kit/temp-dir.ts';
import { until } from '../kit/until.ts';
import { lookInto, newDatabase } from './cluster.ts';
import { lookIntoFile } from './look-into-file.ts';
import { expectWhole, type Look, TASKS } from './outcome.ts';
import { converse, type Frame } from './patient-client.ts';

const tools = findPostgresTools();
const hasSqlite = works('sqlite3', '--version');

/** Words of a pacer come so slowly that it is in the middle of its answer while everything is saved. */
const PACE_MS = 200;
const [CLERK, PACER] = TASKS;

it.skipIf(tools === undefined)(
  `a dump of PostgreSQL, made and restored as docs/operations.md prints it${tools ? '' : ' (skipped: pg_dump and pg_restore are not in PATH)'}`,
  async (context) => {
    if (!tools) return;
    const postgres = await startPostgresFor(tools);
    onTestFinished(() => postgres.stop());
    const [from, to] = [await newDatabase(postgres), await newDatabase(postgres)];
    const folder = tempDir();
    const [dump, restore] = parts(commands('Backup and restore', 0));
    const start = (url: string) => served({ CLEW_DATABASE_URL: url });
    const server = await start(from.url);
    const saved = await talk(server, lookInto(from.query), async () => {
      const said = await shell(dump, folder, { CLEW_DATABASE_URL: from.url });
      if (said.includes('server version mismatch')) context.skip(`pg_dump ${tools.major} is older than the server`);
      expect(said).toBe('');
    });
    expect((await server.stop()).code).toBe(0);
    expect(await shell(restore, folder, { CLEW_DATABASE_URL: to.url })).toBe('');
    await expectAll(saved, { look: lookInto(to.query), start: () => start(to.url) });
    // Over what is there, which has gone on by now.
    expect(await shell(restore, folder, { CLEW_DATABASE_URL: to.url })).toBe('');
    const again = await lookInto(to.query).runs();
    expect(again.filter(({ status }) => status === 'running')).toHaveLength(saved.interrupted.length);
  },
);

it.skipIf(!hasSqlite)(
  `a copy of an SQLite file, made and put back as docs/operations.md prints it${hasSqlite ? '' : ' (skipped: sqlite3 is not in PATH)'}`,
  async () => {
    const project = tempDir();
    const file = join(project, '.clew', 'clew.db');
    mkdirSync(dirname(file));
    const [copy, putBack] = parts(commands('Backup and restore', 1));
    const start = () => served({ CLEW_DB: file });
    const server = await start();
    const open = () => {
      const db = new DatabaseSync(file, { readOnly: true });
      return { look: lookIntoFile(db), close: () => db.close() };
    };
    const before = open();
    const saved = await talk(server, before.look, async () => {
      expect(await shell(copy, project, {})).toBe('');
    });
    before.close();
    const token = readFileSync(join(project, '.clew', 'secret'), 'utf8');
    // What a crash leaves: a log of its own that does not belong to the copy.
    await server.stop('SIGKILL');
    writeFileSync(join(project, '.clew', 'secret'), 'lost');
    expect(await shell(putBack, project, {})).toBe('');
    expect(readFileSync(join(project, '.clew', 'secret'), 'utf8')).toBe(token);
    const after = open();
    await expectAll(saved, { look: after.look, start });
    after.close();
  },
);

interface Saved {
  /** What was read to its end before. */
  readonly ended: readonly { readonly frames: readonly Frame[]; readonly answer: string }[];
  /** What was in the middle of it. */
  readonly interrupted: readonly { readonly id: string; readonly answer: string }[];
}

/** Has conversations that are over, and some that are not when everything is saved. */
async function talk(server: ServedProcess, look: Look, save: () => Promise<void>): Promise<Saved> {
  const ended = await Promise.all(
    [1, 2].map(async (n) => {
      const frames = await converse(server.url, { agent: CLERK.agent, text: CLERK.text(n) });
      return { frames, answer: CLERK.answer(CLERK.text(n)) };
    }),
  );
  const words = [7, 8, 9].map(PACER.text);
  const reading = words.map((text) => converse(server.url, { agent: PACER.agent, text }));
  const running = async () => (await look.runs()).filter(({ status }) => status === 'running');
  await until(async () => (await running()).length === words.length);
  const ids = (await running()).map(({ id }) => id);
  await save();
  const all = await Promise.all(reading);
  const interrupted = all.map((frames, n) => ({
    id: frames[0]?.data.run_id ?? '',
    answer: PACER.answer(words[n] ?? ''),
  }));
  expect(interrupted.map(({ id }) => id).sort()).toEqual(ids.sort());
  return { ended, interrupted };
}

/** Holds that all is there that was saved, that what was interrupted goes on where it was, and that one can go on talking. */
async function expectAll(saved: Saved, where: { look: Look; start: () => Promise<ServedProcess> }): Promise<void> {
  const { look } = where;
  const before = await look.runs();
  expect(before).toHaveLength(saved.ended.length + saved.interrupted.length);
  const cut = before.filter(({ status }) => status === 'running');
  expect(cut.map(({ id }) => id).sort()).toEqual(saved.interrupted.map(({ id }) => id).sort());
  const logs = await Promise.all(before.map((run) => look.events(run)));
  const server = await where.start();
  await until(async () => (await look.runs()).every(({ status }) => status === 'completed'));
  for (const { frames, answer } of saved.ended) await expectWhole(server.url, frames, answer);
  for (const { id, answer } of saved.interrupted) {
    const replay = await fetch(`${server.url}/api/v1/orchestrate/runs/${id}/events`);
    await expectWhole(server.url, (await replay.json()) as Frame[], answer);
  }
  for (const [n, run] of before.entries()) expect((await look.events(run)).slice(0, logs[n]?.length)).toEqual(logs[n]);
  const more = await converse(server.url, { agent: CLERK.agent, text: 'more' });
  expect(more.at(-1)?.event).toBe('done');
  expect((await server.stop()).code).toBe(0);
}

function served(env: Record<string, string>): Promise<ServedProcess> {
  return serve({
    project: join(import.meta.dirname, 'project'),
    args: ['--lease-ms', '2000', '--grace-ms', '20000'],
    env: { ...env, CLEW_TEST_LEDGER: '/dev/null', CLEW_TEST_PACE_MS: String(PACE_MS) },
  });
}

/** The lines of a code block of docs/operations.md, by its heading and its place below that. */
function commands(heading: string, place: number): string[] {
  const page = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const block = [...section.matchAll(/```sh\n(.*?)```/gs)][place]?.[1];
  if (!block) throw new Error(`docs/operations.md has no such commands below "${heading}".`);
  return block.trimEnd().split('\n');
}

/** How to save and how to put back: there is a comment in between. */
function parts(lines: readonly string[]): [save: string, putBack: string] {
  const middle = lines.findIndex((line) => line.startsWith('#'));
  return [lines.slice(0, middle).join('\n'), lines.slice(middle).join('\n')];
}

/** What the commands say on stderr but for notices; a failure is part of it. */
async function shell(script: string, cwd: string, env: Record<string, string>): Promise<string> {
  const options = { cwd, env: { ...process.env, ...env } };
  return promisify(execFile)('sh', ['-e', '-c', script], options).then(
    ({ stderr }) => stderr.replace(/^(NOTICE|DETAIL|drop cascades|and \d+ other).*\n/gm, ''),
    (error: Error) => String(error.message),
  );
}

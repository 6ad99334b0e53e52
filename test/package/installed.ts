import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../kit/server.ts';

/** The environment of somebody who has never seen this checkout, but for the pinned Node in front of PATH. */
export const VISITOR_ENV = {
  NODE_OPTIONS: undefined,
  VITEST: undefined,
  NODE_ENV: undefined,
  INIT_CWD: undefined,
} as const;

/** Runs a program to its end and gives back stdout. Rejects with both outputs when it fails. */
export function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  const npm = Object.fromEntries(
    Object.keys(process.env).flatMap((name) => (/^npm_/i.test(name) ? [[name, undefined]] : [])),
  );
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env: { ...process.env, ...npm, ...VISITOR_ENV } }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** One file in a package, as `npm pack --json` lists it. */
export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** Packs the server into `folder`. */
export async function pack(
  folder: string,
): Promise<{ readonly tarball: string; readonly files: readonly PackedFile[] }> {
  const reply: unknown = JSON.parse(
    await run(ROOT, 'npm', 'pack', '--workspace', 'clew', '--pack-destination', folder, '--json'),
  );
  // npm 12 gives an object by package name where earlier ones give an array.
  const [packed] = Object.values(reply as Record<string, { filename: string; files: PackedFile[] }>);
  if (!packed) throw new Error('npm pack gave back nothing.');
  return { tarball: join(folder, packed.filename), files: packed.files };
}

/** Installs a package in a folder that was empty. */
export async function install(folder: string, tarball: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await run(folder, 'npm', 'install', tarball, '--no-audit', '--no-fund');
}

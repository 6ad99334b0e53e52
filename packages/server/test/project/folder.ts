import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeTempDir, removeTempDir } from '../../../../test/kit/temp-dir.ts';

/** Writes files into a new folder, which is gone when the test is over. */
export function projectFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = makeProjectFolder(files);
  onTestFinished(() => removeTempDir(folder));
  return folder;
}

/** The same for several tests: whoever makes it removes it. */
export function makeProjectFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = makeTempDir();
  for (const [path, content] of Object.entries(files)) put(folder, path, content);
  return folder;
}

export function put(folder: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A native agent file with these lines after the fields that every agent has; they begin in line 5. */
export function agentYaml(name: string, ...lines: string[]): string {
  return ['spec_version: v1', 'kind: native', `name: ${name}`, 'description: Tests.', ...lines, ''].join('\n');
}

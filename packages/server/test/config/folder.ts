import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Config, loadConfig } from '../../src/config/index.ts';

/** What may be said beside the file. */
export interface Sources {
  readonly env?: Record<string, string>;
  readonly flags?: Record<string, unknown>;
  readonly terminal?: boolean;
}

/** A folder that is gone after the test. */
export function projectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clew-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The configuration of a project with this file, or with none, in `folder`. */
export function load(
  yaml: string | null,
  { folder = projectFolder(), ...sources }: Sources & { folder?: string } = {},
): Config {
  if (yaml !== null) writeFileSync(join(folder, 'clew.config.yaml'), yaml);
  return loadConfig({ project: folder, cwd: folder, terminal: false, ...sources });
}

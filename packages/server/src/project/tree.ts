import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a file or folder of this name is none of a project's: hidden ones (the database is in one), dependencies, backups of editors. */
export function isIgnored(name: string): boolean {
  return /^\.[^.]/.test(name) || name === 'node_modules' || name.endsWith('~');
}

/**
 * Paths of the project's folders, itself first, links followed and each folder once. It is listed only after the caller is done with it. Folders
 * that cannot be read are passed over.
 */
export function* foldersOf(root: string): Generator<string> {
  const seen = new Set<string>();
  const open = [root];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const real = realPath(path);
    if (real === undefined || seen.has(real)) continue;
    seen.add(real);
    yield path;
    open.push(...entriesOf(path).filter(isFolder));
  }
}

/** Absolute paths of what is in a folder and not ignored; nothing when it cannot be read. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !isIgnored(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Where a path lies once links are followed; undefined when nothing is there. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Absolute paths of the project's files that hold data: YAML and JSON. */
export function dataFilesOf(root: string): string[] {
  return [...foldersOf(root)].flatMap((folder) => entriesOf(folder).filter((file) => /\.(?:ya?ml|json)$/.test(file)));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

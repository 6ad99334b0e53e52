import { existsSync, type FSWatcher, watch } from 'node:fs';
import { extname, join, relative, resolve, sep } from 'node:path';
import { CODE_TYPES } from './code-modules.ts';
import { DOCUMENT_TYPES } from './knowledge-base.ts';
import { foldersOf, isIgnored } from './tree.ts';

export interface WatchOptions {
  /** Changes are reported together once nothing has changed for this long, at the latest after ten times as long. Default 100 ms. */
  readonly debounceMs?: number;
  /** Is told, in one sentence, when changes in a folder cannot be noticed. Default: nobody is. */
  readonly onError?: (sentence: string) => void;
}

/** Endings of files that can matter; names without one may be folders. */
const RELEVANT: ReadonlySet<string> = new Set(['', '.yaml', '.yml', '.json', '.py', ...CODE_TYPES, ...DOCUMENT_TYPES]);

/**
 * Calls `onChange` with the paths, relative to the project, that changed: configuration, agents, tools, knowledge bases and documents. Hidden folders
 * (where the database is) and `node_modules` are not watched. Does not keep the process alive.
 *
 * Each folder has a watcher of its own. `fs.watch` with `recursive` watches single files on Linux and loses sight of one as soon as an editor saves
 * it by renaming another over it (Node 24); the folder keeps reporting.
 */
export function watchProject(
  folder: string,
  onChange: (paths: readonly string[]) => void,
  options: WatchOptions = {},
): { close(): void } {
  const { debounceMs = 100, onError = () => {} } = options;
  const root = resolve(folder);
  const watchers = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let first = 0;
  let closed = false;

  function noticed(path: string): void {
    if (closed) return;
    const shown = relative(root, path).split(sep).join('/');
    if (shown === '' || shown.split('/').some(isIgnored) || !RELEVANT.has(extname(path).toLowerCase())) return;
    changed.add(shown);
    const now = Date.now();
    if (timer) clearTimeout(timer);
    else first = now;
    timer = setTimeout(report, Math.max(0, Math.min(debounceMs, first + 10 * debounceMs - now)));
    timer.unref();
  }

  function report(): void {
    timer = undefined;
    follow();
    const paths = [...changed].sort();
    changed.clear();
    onChange(paths);
  }

  /** Watches the folders that there are now, and no others. */
  function follow(): void {
    const present = new Set<string>();
    for (const directory of foldersOf(root)) {
      present.add(directory);
      // Before the folder is listed: what is made in the meantime is then noticed.
      if (!watchers.has(directory)) open(directory);
    }
    for (const directory of watchers.keys()) if (!present.has(directory)) drop(directory);
  }

  function open(directory: string): void {
    const lost = (error: NodeJS.ErrnoException) => {
      drop(directory);
      if (!existsSync(directory)) return;
      const limit = error.code === 'ENOSPC' || error.code === 'EMFILE';
      const cause = limit ? 'the system allows no more watched folders' : (error.code ?? 'unknown cause');
      const shown = relative(root, directory) || '.';
      onError(`Changes in \`${shown}\` are not noticed (${cause}): start again after a change.`);
    };
    try {
      const watcher = watch(directory, { persistent: false }, (event, name) => {
        const path = name === null ? directory : join(directory, name);
        // A folder that was moved or made anew keeps its path, but its watcher looks at the old one.
        if (event === 'rename' && path !== directory) drop(path);
        noticed(path);
      });
      watcher.on('error', lost);
      watchers.set(directory, watcher);
    } catch (error) {
      lost(error as NodeJS.ErrnoException);
    }
  }

  /** Closes the watchers of a folder and of what is in it. */
  function drop(directory: string): void {
    for (const [path, watcher] of watchers) {
      if (path !== directory && !path.startsWith(directory + sep)) continue;
      watcher.close();
      watchers.delete(path);
    }
  }

  follow();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      drop(root);
    },
  };
}

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { entriesOf, foldersOf } from './tree.ts';

/** Endings of files that can be code. */
export const CODE_TYPES = ['.ts', '.mts', '.js', '.mjs'] as const;

export interface CodeModulesOptions {
  /** Absolute path of the project. */
  readonly folder: string;
  /**
   * Address of the module that `import … from 'clew'` means in the project. Undefined: Node looks for it, in vain where the project has no
   * `node_modules` (with `npx` or a global installation); and what it finds might be another version than the one that runs.
   */
  readonly self: string | undefined;
  /** How long a module may take to load. */
  readonly timeoutMs: number;
}

/** The address of the package that this file belongs to; undefined where the package cannot name itself. */
export function ownAddress(): string | undefined {
  try {
    return import.meta.resolve('clew');
  } catch {
    return undefined;
  }
}

/** Imports a module of the project by its relative path. */
export type ImportModule = (file: string) => Promise<Record<string, unknown>>;

/** How often an import failed: Node keeps a failure with the address, so that the next try needs another one. */
let failures = 0;

/**
 * Imports for one reading of the project. While the project's code is the same they give the modules of the reading before, and repeat no side
 * effect; after any change they give new ones, of what an agent imports too.
 */
export function codeModules({ folder, self, timeoutMs }: CodeModulesOptions): ImportModule {
  const root = pathToFileURL(`${folder}/`).href;
  const version = `${codeVersion(folder)}.${failures}`;

  function dated(address: string): string {
    const url = new URL(address);
    url.searchParams.set('version', version);
    return url.href;
  }

  const resolveHook: module.ResolveHookSync = (specifier, context, next) => {
    const fromProject = context.parentURL?.startsWith(root) === true && !context.parentURL.includes('/node_modules/');
    if (fromProject && specifier === 'clew' && self !== undefined) return { url: self, shortCircuit: true };
    const found = next(specifier, context);
    if (!isCodeOf(root, found.url)) return found;
    // What is imported from here has its date already: that of another reading, where two are at work.
    return { ...found, format: formatOf(found), url: fromProject ? dated(found.url) : found.url };
  };

  return async (file) => {
    const path = resolve(folder, file);
    const hooks = module.registerHooks({ resolve: resolveHook });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`it takes longer than ${timeoutMs / 1_000} seconds`)), timeoutMs);
    });
    try {
      return (await Promise.race([import(/* @vite-ignore */ dated(pathToFileURL(path).href)), late])) as Record<
        string,
        unknown
      >;
    } catch (error) {
      failures += 1;
      throw error;
    } finally {
      clearTimeout(timer);
      hooks.deregister();
    }
  };
}

/** A statement that only a module can have, at the beginning of a line or behind another statement. */
const MODULE = /(?:^|[;}])\s*(?:import|export)\b\s*[\w$*{'"]/m;
/** What a file of CommonJS gives to others. */
const COMMONJS = /\bmodule\.exports\b|\bexports(?:\.\w|\[)/;

/**
 * Node takes a file for CommonJS, and its `export` for a mistake, where a package.json above says `"type": "commonjs"`, as the one does that
 * `npm init` writes. Where none says anything it looks into the file, and so it is done here: a file that imports or exports is a module, unless
 * it exports in the way of CommonJS, too (it has the words in a text). To ask for another package.json was rejected: it is the site's, not ours.
 */
function formatOf({ format, url }: { readonly format?: string | null | undefined; readonly url: string }) {
  if (!format?.startsWith('commonjs')) return format;
  const text = readFileSync(fileURLToPath(url), 'utf8');
  return MODULE.test(text) && !COMMONJS.test(text) ? format.replace('commonjs', 'module') : format;
}

function isCodeOf(root: string, address: string): boolean {
  return address.startsWith(root) && !address.includes('/node_modules/') && isCode(new URL(address).pathname);
}

function isCode(path: string): boolean {
  return CODE_TYPES.some((type) => type === extname(path));
}

/** Changes with every change to the project's code. */
function codeVersion(folder: string): string {
  const hash = createHash('sha256');
  for (const path of foldersOf(folder)) {
    for (const file of entriesOf(path).filter(isCode)) {
      const stat = statSync(file, { throwIfNoEntry: false });
      hash.update(`${file}\0${stat?.mtimeMs}\0${stat?.size}\0`);
    }
  }
  return hash.digest('hex').slice(0, 12);
}

/** A message of Node as it may be shown: without the project's place on the machine and without versions. */
export function withoutAddresses(text: string, folder: string): string {
  return text
    .replaceAll(pathToFileURL(`${folder}/`).href, '')
    .replaceAll(`${folder}/`, '')
    .replace(/\?version=[\w.]+/g, '')
    .replace(/ imported from .*$/, '')
    .trim();
}

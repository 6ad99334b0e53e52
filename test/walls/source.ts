import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One import as written. */
export interface Import {
  readonly specifier: string;
  /** Path of the imported file relative to the repository, with `/`; null for packages and built-in modules. */
  readonly target: string | null;
  /** True when only types are imported, so that nothing of it is left at run time. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** What the walls need to know of a file. */
export interface Source {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** Lines that read `process.env`. */
  readonly environment: readonly number[];
}

/** Everything below `folder` that git would keep, relative to the repository, with `/`. Does not need git. */
export function listFiles(folder = '.'): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === '.git' || IGNORED.some((pattern) => pattern(entry.name))) continue;
    if (entry.isDirectory()) found.push(...listFiles(path));
    else if (entry.isFile()) found.push(path);
  }
  return found.sort();
}

/** The lines of `.gitignore` in its simplest forms: a folder's name with a slash, or `*` and an ending. */
const IGNORED = readFileSync(join(ROOT, '.gitignore'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) =>
    line.startsWith('*')
      ? (name: string) => name.endsWith(line.slice(1))
      : (name: string) => name === line.replaceAll('/', ''),
  );

/** The TypeScript files in `packages/<name>/src`. */
export function readSources(): Source[] {
  return listFiles('packages')
    .filter((path) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path))
    .map((path) => parse(path, readFileSync(join(ROOT, path), 'utf8')));
}

/** Reads one file. Types count: `import type`, `export type … from` and `import('…')` in a type. So do worker files named by `new URL`. */
export function parse(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const environment: number[] = [];
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const add = (node: { start: number }, specifier: unknown, typeOnly: boolean) => {
    if (typeof specifier !== 'string') return;
    imports.push({ specifier, target: resolve(path, specifier), typeOnly, line: lineAt(node.start) });
  };

  new Visitor({
    ImportDeclaration(node) {
      const named = node.specifiers ?? [];
      const onlyTypes =
        named.length > 0 && named.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type');
      add(node, node.source.value, node.importKind === 'type' || onlyTypes);
    },
    ExportNamedDeclaration(node) {
      if (node.source) add(node, node.source.value, node.exportKind === 'type');
    },
    ExportAllDeclaration(node) {
      add(node, node.source.value, node.exportKind === 'type');
    },
    ImportExpression(node) {
      if (node.source.type === 'Literal') add(node, node.source.value, false);
    },
    TSImportType(node) {
      add(node, node.source.value, true);
    },
    NewExpression(node) {
      const [first] = node.arguments;
      const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL';
      if (isUrl && first?.type === 'Literal' && /^\.{1,2}\/.*\.ts$/.test(String(first.value)))
        add(node, first.value, false);
    },
    MemberExpression(node) {
      const isProcess = node.object.type === 'Identifier' && node.object.name === 'process';
      if (isProcess && node.property.type === 'Identifier' && node.property.name === 'env')
        environment.push(lineAt(node.start));
    },
  }).visit(program);

  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0), imports, environment };
}

function resolve(from: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return relative(ROOT, join(ROOT, dirname(from), specifier)).replaceAll('\\', '/');
}

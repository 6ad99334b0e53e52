import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import type { Json, JsonObject } from '../model/index.ts';
import type { Finding } from './project.ts';

/** Members and positions from the root of a file to a value in it. */
export type Path = readonly (string | number)[];

/** Where the fields of a file stand. */
export interface Places {
  /** Path of the file, relative to the project. */
  readonly file: string;
  /** Line of the member or item, from 1; of the nearest thing around it when it does not exist. */
  lineOf(path: Path): number;
}

/** A file of fields. */
export interface Fields extends Places {
  readonly value: JsonObject;
}

/** Reads a YAML file of one document, as JSON, or gives the findings why not. */
export function readYaml(text: string, file: string): Fields | readonly Finding[] {
  const lines = new LineCounter();
  const lineAt = (offset: number | undefined) => lines.linePos(offset ?? 0).line || 1;
  const broken = (line: number, message: string, fix: string): Finding => ({
    severity: 'error',
    file,
    line,
    field: '',
    message,
    fix,
  });
  let value: Json;
  let root: Node | null;
  try {
    const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    const documents = 'empty' in parsed ? [] : parsed;
    const problems = documents.flatMap((document) => [...document.errors, ...document.warnings]);
    if (problems.length > 0) {
      return problems.map((problem) =>
        broken(lineAt(problem.pos[0]), messageOf(problem), FIXES[problem.code] ?? CHECK),
      );
    }
    if (documents.length > 1) {
      const line = lineAt(documents[1]!.contents?.range?.[0]);
      return [
        broken(
          line,
          'The file holds more than one document.',
          'Make a file of its own for each part between `---` lines.',
        ),
      ];
    }
    root = documents[0]?.contents ?? null;
    value = toJson(documents[0]?.toJS());
  } catch (error) {
    const alias = /^Unresolved alias .*: (.+)$/.exec((error as Error).message)?.[1];
    if (alias !== undefined) {
      const line = lineAt(Math.max(text.indexOf(`*${alias}`), 0));
      return [
        broken(line, `\`*${alias}\` is an alias of nothing above it.`, 'Put a text that begins with `*` into quotes.'),
      ];
    }
    // The parser's own limits: aliases that grow without bound, nesting deeper than the stack.
    return [
      broken(
        1,
        `The file cannot be read as YAML: ${sentence((error as Error).message)}`,
        'Make it simpler: fewer levels, fewer aliases.',
      ),
    ];
  }
  if (!isMap(root)) {
    const message = root === null ? 'The file is empty.' : 'The file must hold fields, each as `name: value`.';
    return [broken(1, message, 'Write fields such as `spec_version: v1`, or delete the file.')];
  }
  return { file, value: value as JsonObject, lineOf: (path) => lineAt(offsetOf(root, path)) };
}

const CHECK =
  'Check the indentation, the colons and the quotes near this line; a text that contains `: ` or `#` needs quotes.';
const FIXES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'Keep one of the two.',
  TAB_AS_INDENT: 'Indent with spaces instead of tabs.',
  TAG_RESOLVE_FAILED: 'Remove the word that begins with `!`.',
};

/** Where the key of a member or the beginning of an item stands, or the nearest thing around it. */
function offsetOf(root: YAMLMap, path: Path): number | undefined {
  let offset: number | undefined;
  let node: unknown = root;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => (isScalar(item.key) ? String(item.key.value) : String(item.key)) === String(step),
      );
      if (!pair) return offset;
      offset = (pair.key as Node | null)?.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = (node as Node | undefined)?.range?.[0] ?? offset;
    } else {
      return offset;
    }
    if (isAlias(node)) return offset;
  }
  return offset;
}

/** What `JSON` keeps of a value: a text for what it does not know, e.g. `.inf`. */
export function toJson(value: unknown): Json {
  return (
    (JSON.parse(
      JSON.stringify(value, (_, member) => (typeof member === 'bigint' ? String(member) : member)) ?? 'null',
    ) as Json) ?? null
  );
}

/** `starter_prompts.prompts[0].title` */
export function fieldName(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

/** The parser's own words, unless they can be misread: its `Missing closing "quote` looks like a broken message, and stands where the file ends. */
function messageOf({ message }: YAMLError): string {
  const quote = /^Missing closing (["'])quote/.exec(message)?.[1];
  return quote ? `A quote ${quote} that was opened above is not closed.` : sentence(message);
}

function sentence(text: string): string {
  const line = text.split('\n')[0]!.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';
import { SETTINGS } from './settings.ts';

/** Name of the file in the project folder. */
export const CONFIG_FILE = 'clew.config.yaml';

/** A value as it stands in the file. */
export interface Written {
  readonly value: unknown;
  readonly line: number;
}

/** What stands below `models:`, `channels:` or `webhooks:`, not checked yet, and the way back to the lines. */
export interface WrittenSection {
  readonly value: unknown;
  /** The line of a member, or of the nearest one around it. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** What the file says: settings by key, and the sections that have shapes of their own. */
export interface ConfigFile {
  readonly settings: Map<string, Written>;
  readonly models?: WrittenSection;
  readonly channels?: WrittenSection;
  readonly webhooks?: WrittenSection;
}

/** What the file says; mistakes go to `mistakes`. A project without the file is fine: everything has a default. */
export function readConfigFile(project: string, mistakes: Mistake[]): ConfigFile {
  const found = new Map<string, Written>();
  const text = readText(project, mistakes);
  if (text === undefined) return { settings: found };
  const lines = new LineCounter();
  const parsed = parse(text, lines);
  if (parsed instanceof Error) {
    const message = `The file cannot be read as YAML: ${sentence(parsed.message)}`;
    mistakes.push(mistake(1, '', message, 'Make it simpler: fewer levels, fewer aliases.'));
    return { settings: found };
  }
  const { document, values } = parsed;
  const lineOf = (offset: number | undefined) => lines.linePos(offset ?? 0).line || 1;
  for (const error of [...document.errors, ...document.warnings]) {
    const fix =
      error.code === 'DUPLICATE_KEY'
        ? 'Keep one of the two.'
        : 'Check the indentation, the colons and the quotes near this line.';
    mistakes.push(mistake(lineOf(error.pos[0]), '', sentence(error.message), fix));
  }
  if (document.errors.length > 0) return { settings: found };
  const sections: { [name in ShapedSection]?: WrittenSection } = {};
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return { settings: found };
  if (isMap(root)) {
    walk(root, '');
  } else {
    mistakes.push(
      mistake(
        1,
        '',
        'The file must hold settings, each as `name: value`.',
        'Write, for example, `defaultAgent: guide`.',
      ),
    );
  }
  return { settings: found, ...sections };

  function sectionOf(name: ShapedSection, pair: YAMLMap['items'][number]): WrittenSection {
    return {
      value: values?.[name],
      lineOf(path) {
        let line = lineOf((pair.key as Node | null)?.range?.[0]);
        let node: unknown = pair.value;
        for (const step of path) {
          if (isSeq(node) && typeof step === 'number') {
            const entry = node.items[step] as Node | undefined;
            line = lineOf(entry?.range?.[0]);
            node = entry;
            continue;
          }
          const inner = isMap(node)
            ? node.items.find(({ key }) => isScalar(key) && String(key.value) === step)
            : undefined;
          if (!inner) break;
          line = lineOf((inner.key as Node).range?.[0]);
          node = inner.value;
        }
        return line;
      },
    };
  }

  function walk(map: YAMLMap, prefix: string): void {
    for (const pair of map.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
      const key = prefix + name;
      const line = lineOf((pair.key as Node | null)?.range?.[0]);
      const node = isAlias(pair.value) ? pair.value.resolve(document) : (pair.value as Node | null | undefined);
      if (isShaped(key)) {
        sections[key] = sectionOf(key, pair);
      } else if (KEYS.includes(key)) {
        found.set(key, { value: plain(node), line });
      } else if (!SECTIONS.has(key)) {
        mistakes.push(mistake(line, key, 'There is no such setting.', suggestion(key)));
      } else if (isMap(node)) {
        walk(node, `${key}.`);
      } else if (node && !(isScalar(node) && node.value === null)) {
        const example = SETTINGS.find((setting) => setting.key.startsWith(`${key}.`))!;
        const member = example.key.slice(key.length + 1);
        const fix = `Indent its settings below it, for example \`${member}: ${example.example}\`.`;
        mistakes.push(mistake(line, key, 'This is a group of settings and takes no value of its own.', fix));
      }
    }
  }
}

/** The sections that have a shape of their own. */
const SHAPED = ['models', 'channels', 'webhooks'] as const;
type ShapedSection = (typeof SHAPED)[number];
const isShaped = (key: string): key is ShapedSection => (SHAPED as readonly string[]).includes(key);
const KEYS: readonly string[] = SETTINGS.map((setting) => setting.key);
const SECTIONS = new Set(KEYS.filter((key) => key.includes('.')).map((key) => key.slice(0, key.indexOf('.'))));

/** The value of a scalar. No setting takes a list or a group: an empty one stands for it in the complaint. */
function plain(node: Node | null | undefined): unknown {
  if (isScalar(node)) return node.value;
  return node ? (isMap(node) ? {} : []) : null;
}

function suggestion(key: string): string {
  const near = nearest(key, [...KEYS, ...SECTIONS, ...SHAPED]);
  if (!near) return 'Remove it; docs/config.md lists the settings there are.';
  const [section, member] = near.split('.');
  const misplaced = member !== undefined && section !== key.split('.')[0];
  return misplaced ? `Did you mean \`${member}\` below \`${section}:\`?` : `Did you mean \`${near}\`?`;
}

function readText(project: string, mistakes: Mistake[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(join(project, CONFIG_FILE)));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return undefined;
    const isText = code !== 'ERR_ENCODING_INVALID_ENCODED_DATA';
    const message = isText ? `The file cannot be read (${code ?? 'unknown cause'}).` : 'The file is not text in UTF-8.';
    mistakes.push(
      mistake(1, '', message, isText ? 'Check that it is a file and that you may read it.' : 'Save it again as UTF-8.'),
    );
    return undefined;
  }
}

/** The document and its values, or why the parser gave up: aliases that grow without bound, nesting deeper than the stack. */
function parse(
  text: string,
  lineCounter: LineCounter,
): { document: ReturnType<typeof parseDocument>; values: Record<string, unknown> | null } | Error {
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
    const values = document.errors.length === 0 ? document.toJS() : null;
    return { document, values };
  } catch (error) {
    return error as Error;
  }
}

function mistake(line: number, key: string, message: string, fix: string): Mistake {
  return { source: CONFIG_FILE, line, key, message, fix };
}

function sentence(text: string): string {
  const line = text.split('\n')[0]!.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

import { basename, extname } from 'node:path';
import type { Plugin } from '../runtimes/index.ts';
import { place, type Remark } from './check.ts';
import { CODE_TYPES, codeModules } from './code-modules.ts';
import { lineOfMember, loadFault, runnable } from './code-places.ts';
import { filesIn, readTextFile } from './files.ts';
import type { Finding, PluginEntry } from './project.ts';
import type { Path, Places } from './yaml.ts';

export interface PluginsOptions {
  readonly typescript: boolean;
  readonly importTimeoutMs: number;
  readonly self: string | undefined;
  /** Plugins of the project that stand elsewhere: their names are taken. */
  readonly others: readonly PluginEntry[];
}

/** Reads every file in `plugins/`, in the order of their names, after `others`; findings go to `findings`. Of two plugins with one name the first stays. */
export async function loadPlugins(root: string, options: PluginsOptions, findings: Finding[]): Promise<PluginEntry[]> {
  const files = await filesIn(root, 'plugins', CODE_TYPES);
  const importModule = codeModules({ folder: root, self: options.self, timeoutMs: options.importTimeoutMs });
  const loaded: PluginEntry[] = [...options.others];
  for (const file of runnable(files, { typescript: options.typescript, what: 'plugin' }, findings)) {
    const source = await readTextFile(root, file);
    if (!('text' in source)) {
      findings.push(source);
      continue;
    }
    const places: Places = { file, lineOf: (path) => lineOfMember(source.text, path) };
    try {
      const { default: main } = await importModule(file);
      const remarks: Remark[] = [];
      const plugin = read(main, basename(file, extname(file)).replaceAll('-', '_'), remarks);
      const taken = loaded.find((other) => other.plugin.name === plugin?.name);
      if (taken) remarks.push(sameName(taken));
      else if (plugin) loaded.push({ plugin, source: file });
      findings.push(...place(places, remarks));
    } catch (error) {
      findings.push(loadFault(error, file, root));
    }
  }
  return loaded;
}

function read(main: unknown, fileName: string, remarks: Remark[]): Plugin | undefined {
  const refuse = (path: Path, message: string) =>
    remarks.push({
      severity: 'error',
      path,
      message,
      fix: 'Write `export default definePlugin({ before(turn) { … } })`, with `before`, `after` or both.',
    });
  if (typeof main !== 'object' || main === null) {
    refuse([], 'The default export is no plugin.');
    return undefined;
  }
  const { name = fileName, before, after } = main as Record<'name' | 'before' | 'after', unknown>;
  if (typeof name !== 'string' || name === '') refuse(['name'], '`name` must be a text.');
  for (const [member, hook] of Object.entries({ before, after }))
    if (hook !== undefined && typeof hook !== 'function') refuse([member], `\`${member}\` must be a function.`);
  if (before === undefined && after === undefined) refuse([], 'The plugin has neither `before` nor `after`.');
  if (remarks.length > 0) return undefined;
  return {
    name: name as string,
    ...(before ? { before: (before as NonNullable<Plugin['before']>).bind(main) } : {}),
    ...(after ? { after: (after as NonNullable<Plugin['after']>).bind(main) } : {}),
  };
}

function sameName({ source }: PluginEntry): Remark {
  const message = `\`${source}\` has the same name; this file is left out.`;
  return { severity: 'error', path: ['name'], message, fix: 'Give one of the two another name.' };
}

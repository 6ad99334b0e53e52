import { basename, extname } from 'node:path';
import type { JsonObject } from '../model/index.ts';
import type { AgentDraft } from './agent.ts';
import { type CodeAgentFields, codeAgent, EXAMPLES } from './agent-fields.ts';
import { agentRemarks } from './agent-rules.ts';
import { check, place, type Remark } from './check.ts';
import type { ImportModule } from './code-modules.ts';
import { lineOfMember, loadFault } from './code-places.ts';
import type { TextFile } from './files.ts';
import type { Finding } from './project.ts';
import { type Path, type Places, toJson } from './yaml.ts';

interface Reading {
  readonly draft?: AgentDraft;
  readonly findings: readonly Finding[];
}

/**
 * The agent in a module, if it loads and its fields are valid, and what is to be said about it. The default export is a function of the
 * turn, usually an async generator, with `export const agent = { … }` beside it; or one object of the same fields with the function as `run`.
 */
export async function readCodeAgent(source: TextFile, folder: string, importModule: ImportModule): Promise<Reading> {
  const { file, text } = source;
  const places: Places = { file, lineOf: (path) => lineOfMember(text, path) };
  try {
    return describe(await importModule(file), places);
  } catch (error) {
    return { findings: [loadFault(error, file, folder)] };
  }
}

function describe(exported: Record<string, unknown>, places: Places): Reading {
  const main = exported.default;
  const whole = typeof main === 'object' && main !== null ? (main as Record<string, unknown>) : undefined;
  const run = whole ? whole.run : main;
  const said = whole ?? exported.agent ?? {};
  const shape = wrongShape(main, run, said);
  if (shape) return { findings: place(places, [shape]) };

  const fields = said as CodeAgentFields;
  const remarks = check(codeAgent, fields, EXAMPLES);
  const wrong = () => remarks.some((remark) => remark.severity === 'error');
  const name = fields.name ?? basename(places.file, extname(places.file)).replaceAll('-', '_');
  if (!wrong()) remarks.push(...agentRemarks({ ...fields, llm: 'code' }, name));
  const findings = place(places, remarks);
  if (wrong()) return { findings };
  const { run: _, ...described } = fields;
  const spec = toJson(described) as JsonObject;
  return {
    draft: { name, llm: 'code', fields, spec, run: whole ? (run as () => unknown).bind(whole) : run, places },
    findings,
  };
}

function wrongShape(main: unknown, run: unknown, said: unknown): Remark | undefined {
  const error = (path: Path, message: string, fix: string): Remark => ({ severity: 'error', path, message, fix });
  if (typeof run !== 'function') {
    const message =
      main === undefined
        ? 'The module has no default export.'
        : 'The default export is no function and has no function `run`.';
    return error([], message, 'Write `export default async function* (turn) { yield "Hello"; }`.');
  }
  if (typeof said !== 'object' || said === null || Array.isArray(said)) {
    return error(
      ['agent'],
      'The export `agent` is not an object.',
      'Write, for example, `export const agent = { description: "Says hello." };`.',
    );
  }
  return undefined;
}

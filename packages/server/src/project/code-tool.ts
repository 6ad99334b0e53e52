import { basename, extname } from 'node:path';
import type { JsonObject } from '../model/index.ts';
import { type CheckedDefinition, createCodeTool } from '../runtimes/index.ts';
import { check, type Remark } from './check.ts';
import type { ImportModule } from './code-modules.ts';
import { lineOfMember, loadFault } from './code-places.ts';
import type { TextFile } from './files.ts';
import { type CodeToolFields, codeTool, TOOL_EXAMPLES } from './tool-fields.ts';
import type { FileReading } from './tool-reading.ts';
import type { Path, Places } from './yaml.ts';

/** The tool in a module, whose default export is what `defineTool` gave, and what is to be said about it. */
export async function readCodeTool(source: TextFile, folder: string, importModule: ImportModule): Promise<FileReading> {
  const { file, text } = source;
  const places: Places = { file, lineOf: (path) => lineOfMember(text, path) };
  try {
    const { default: main } = await importModule(file);
    const remarks: Remark[] = [];
    const definition = read(main, basename(file, extname(file)).replaceAll('-', '_'), remarks);
    return {
      tools: definition ? [{ tool: createCodeTool(definition), at: ['name'] }] : [],
      places,
      remarks,
      findings: [],
    };
  } catch (error) {
    return { tools: [], places, remarks: [], findings: [loadFault(error, file, folder)] };
  }
}

/** The definition, if its members are right. */
function read(main: unknown, fileName: string, remarks: Remark[]): CheckedDefinition | undefined {
  const refuse = (path: Path, message: string, fix: string) => remarks.push({ severity: 'error', path, message, fix });
  if (typeof main !== 'object' || main === null) {
    const message = 'The default export is no tool.';
    refuse([], message, 'Write `export default defineTool({ description: "…", run() { … } })`.');
    return undefined;
  }
  remarks.push(...check(codeTool, main, TOOL_EXAMPLES));
  const fields = main as CodeToolFields;
  const name = fields.name ?? fileName;
  if (!/^[\w-]{1,64}$/.test(name))
    refuse([], `\`${name}\` is no name for a tool.`, 'Rename the file, or set `name`: letters, digits, `_` and `-`.');
  if (typeof fields.run !== 'function') refuse(['run'], '`run` must be a function.', 'Write `run(input) { … }`.');
  const { input } = fields;
  if (input !== undefined && (typeof input !== 'object' || input === null || Array.isArray(input)))
    refuse(['input'], '`input` must be a schema of Zod or a JSON Schema.', 'Write `input: z.object({ … })`.');
  if (remarks.some(({ severity }) => severity === 'error')) return undefined;
  return {
    ...(main as CheckedDefinition & JsonObject),
    name,
    run: (fields.run as CheckedDefinition['run']).bind(main),
  };
}

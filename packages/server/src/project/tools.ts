import { extname } from 'node:path';
import type { JsonObject } from '../model/index.ts';
import type { Tool } from '../ports/index.ts';
import { schemaFault } from '../runtimes/index.ts';
import { check, place, type Remark } from './check.ts';
import { CODE_TYPES, codeModules } from './code-modules.ts';
import { runnable } from './code-places.ts';
import { readCodeTool } from './code-tool.ts';
import type { Connection } from './connections.ts';
import { filesIn, readTextFile, type TextFile } from './files.ts';
import { isOpenApiDocument, operationsOfDocument } from './openapi-document.ts';
import { operationOfFile, type ToolSurroundings, toolOf } from './openapi-tool.ts';
import type { Finding, ToolEntry } from './project.ts';
import { TOOL_EXAMPLES, type ToolFileFields, toolFile } from './tool-fields.ts';
import type { FileReading } from './tool-reading.ts';
import type { Variable } from './variables.ts';
import { type Path, readYaml } from './yaml.ts';

export interface ToolsOptions {
  readonly typescript: boolean;
  readonly importTimeoutMs: number;
  readonly self: string | undefined;
  readonly variable: Variable;
  readonly connections: ReadonlyMap<string, Connection>;
}

const DATA_TYPES = ['.yaml', '.yml', '.json'];

/** Reads every file in `tools/`, in the order of their names; findings go to `findings`. Of two tools with one name the first stays. */
export async function loadTools(root: string, options: ToolsOptions, findings: Finding[]): Promise<ToolEntry[]> {
  const files = await filesIn(root, 'tools', [...DATA_TYPES, ...CODE_TYPES]);
  const importModule = codeModules({ folder: root, self: options.self, timeoutMs: options.importTimeoutMs });
  const loaded: ToolEntry[] = [];
  for (const file of runnable(files, { typescript: options.typescript, what: 'tool' }, findings)) {
    const source = await readTextFile(root, file);
    if (!('text' in source)) {
      findings.push(source);
      continue;
    }
    const isData = DATA_TYPES.includes(extname(file));
    const reading = isData ? readData(source, options) : await readCodeTool(source, root, importModule);
    const { places, remarks } = reading;
    for (const { tool, at } of reading.tools) {
      const refusal = (await brokenSchema(tool, at)) ?? sameTool(tool, at, loaded);
      if (refusal) remarks.push(refusal);
      else loaded.push({ tool, kind: isData ? 'openapi' : 'code', source: file, line: places.lineOf(at) });
    }
    findings.push(...reading.findings, ...place(places, remarks));
  }
  return loaded;
}

function readData({ file, text }: TextFile, { variable, connections }: ToolsOptions): FileReading {
  const read = readYaml(text, file);
  if (!('value' in read)) return { tools: [], places: { file, lineOf: () => 1 }, remarks: [], findings: read };
  const remarks: Remark[] = [];
  const around: ToolSurroundings = { variable, connections, remarks };
  const drafts = isOpenApiDocument(read.value)
    ? operationsOfDocument(read.value, remarks)
    : readToolFile(read.value, remarks);
  const tools = drafts.flatMap((draft) => {
    const tool = toolOf(draft, around);
    return tool ? [{ tool, at: isOpenApiDocument(read.value) ? draft.at.self : ['name'] }] : [];
  });
  return { tools, places: read, remarks, findings: [] };
}

function readToolFile(value: JsonObject, remarks: Remark[]): ReturnType<typeof operationOfFile>[] {
  const refuse = (path: Path, message: string, fix: string) => remarks.push({ severity: 'error', path, message, fix });
  if (value.kind === 'mcp') {
    refuse(['kind'], 'This is a toolkit, not a tool.', 'Move the file to `toolkits/`.');
    return [];
  }
  remarks.push(...check(toolFile, value, TOOL_EXAMPLES));
  if (remarks.some(({ severity }) => severity === 'error')) return [];
  const fields = value as unknown as ToolFileFields;
  if (fields.binding.openapi) return [operationOfFile(fields)];
  const kind = Object.keys(fields.binding)[0];
  const message = kind ? `Tools with a binding of kind ${kind} are not run.` : 'The binding is empty.';
  refuse(['binding'], message, 'Use `openapi`, put the code into `tools/*.ts` or `tools/*.py`, or serve it over MCP.');
  return [];
}

async function brokenSchema({ name, inputSchema }: Tool, path: Path): Promise<Remark | undefined> {
  const isObject = inputSchema.type === 'object';
  const fault = isObject ? await schemaFault(inputSchema) : 'it must describe an object';
  if (fault === undefined) return undefined;
  const message = `The input of \`${name}\` has no working schema: ${fault.replace(/\.$/, '')}.`;
  return { severity: 'error', path, message, fix: 'Correct the schema: `{ type: object, properties: { … } }`.' };
}

function sameTool({ name }: Tool, path: Path, loaded: readonly ToolEntry[]): Remark | undefined {
  const other = loaded.find(({ tool }) => tool.name === name);
  if (!other) return undefined;
  const message = `\`${other.source}\` has a tool \`${name}\`, too; this one is left out.`;
  return { severity: 'error', path, message, fix: 'Give one of the two another name.' };
}

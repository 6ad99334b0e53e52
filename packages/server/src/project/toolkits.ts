import { DEFAULT_TIMEOUT_MS, type McpServer } from '../runtimes/index.ts';
import { sameName } from './agents.ts';
import { check, place, type Remark } from './check.ts';
import { type Connection, credentialsOf } from './connections.ts';
import { nearest } from './nearest.ts';
import { policyOf } from './openapi-tool.ts';
import type { Finding, ToolkitEntry } from './project.ts';
import { TOOL_EXAMPLES, type ToolkitFileFields, toolkitFile } from './tool-fields.ts';
import { fillHeader, fillVariables, type Refuse, type Variable } from './variables.ts';
import type { Path } from './yaml.ts';
import { yamlFilesIn } from './yaml-files.ts';

export interface ToolkitsOptions {
  readonly variable: Variable;
  readonly connections: ReadonlyMap<string, Connection>;
}

/** Reads every file in `toolkits/`, in the order of their names. Nothing is connected. Findings never hold what a variable was set to. */
export async function loadToolkits(
  root: string,
  options: ToolkitsOptions,
  findings: Finding[],
): Promise<ToolkitEntry[]> {
  const loaded: ToolkitEntry[] = [];
  for await (const read of yamlFilesIn(root, 'toolkits', findings)) {
    const remarks = check(toolkitFile, read.value, TOOL_EXAMPLES);
    const wrong = () => remarks.some(({ severity }) => severity === 'error');
    const fields = read.value as unknown as ToolkitFileFields;
    const server = wrong() ? undefined : serverOf(fields, { ...options, root, remarks });
    const taken = loaded.find((other) => other.server.name === server?.name);
    if (taken) remarks.push(sameName('name', taken.source));
    else if (server && !wrong()) loaded.push({ server, source: read.file, line: read.lineOf(['name']) });
    findings.push(...place(read, remarks));
  }
  return loaded;
}

interface Around extends ToolkitsOptions {
  readonly root: string;
  readonly remarks: Remark[];
}

function serverOf(fields: ToolkitFileFields, around: Around): McpServer | undefined {
  const reach = reachOf(fields, around);
  if (!reach) return undefined;
  const all = !fields.tools || fields.tools.includes('*');
  return {
    name: fields.name,
    reach,
    tools: all ? null : (fields.tools ?? []),
    permission: fields.permission ?? null,
    approve: fields.approve ?? undefined,
    approval: policyOf(fields.approval),
    timeoutMs: fields.timeout_seconds ? Math.round(fields.timeout_seconds * 1_000) : DEFAULT_TIMEOUT_MS,
  };
}

function reachOf(
  fields: ToolkitFileFields,
  { variable, connections, root, remarks }: Around,
): McpServer['reach'] | undefined {
  const refuseAt =
    (path: Path): Refuse =>
    (message, fix) =>
      remarks.push({ severity: 'error', path, message, fix });
  const { command, url, transport } = fields;
  if ((command && url) || (!command && !url)) {
    const message = command
      ? 'A toolkit has a `command` or a `url`, not both.'
      : 'A toolkit needs a `command` or a `url`.';
    refuseAt(command ? ['url'] : ['name'])(message, `Write \`${TOOL_EXAMPLES.command}\` or \`${TOOL_EXAMPLES.url}\`.`);
    return undefined;
  }
  if (transport && transport !== (command ? 'stdio' : 'streamable_http')) {
    const fix = `Write \`transport: ${command ? 'stdio' : 'streamable_http'}\` or leave it out.`;
    refuseAt(['transport'])(
      `A toolkit with a \`${command ? 'command' : 'url'}\` is not reached over ${transport}.`,
      fix,
    );
  }
  if (command) {
    const [program = '', ...first] = Array.isArray(command) ? command : fields.args ? [command] : words(command);
    const args = [...first, ...(fields.args ?? [])].map(
      (arg, index) => fillVariables(arg, variable, refuseAt(['args', index])) ?? '',
    );
    const env = Object.entries(fields.env ?? {}).map(
      ([name, text]) => [name, fillVariables(text, variable, refuseAt(['env', name])) ?? ''] as const,
    );
    return { by: 'stdio', command: program, args, env: Object.fromEntries(env), folder: root };
  }
  const headers: Record<string, string> = {};
  for (const [index, appId] of (fields.connections ?? []).entries()) {
    const connection = connections.get(appId);
    if (connection) Object.assign(headers, credentialsOf(connection).headers);
    else {
      const near = nearest(appId, [...connections.keys()]);
      const fix = near ? `Did you mean \`${near}\`?` : `Make \`connections/${appId}.yaml\`.`;
      refuseAt(['connections', index])(`There is no working connection \`${appId}\`.`, fix);
    }
  }
  for (const [name, text] of Object.entries(fields.headers ?? {})) {
    const value = fillHeader(name, text, variable, refuseAt(['headers', name]));
    if (value !== undefined) headers[name] = value;
  }
  const address = fillVariables(url ?? '', variable, refuseAt(['url']));
  if (address === undefined) return undefined;
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    refuseAt(['url'])('This is no http or https address.', `Write, for example, \`${TOOL_EXAMPLES.url}\`.`);
    return undefined;
  }
  return { by: 'http', url: address, headers };
}

/** The words of a command line, as the ADK writes it: split at blanks, except within quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

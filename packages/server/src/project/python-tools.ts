import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  inspectPython,
  type PythonFile,
  type PythonPlugin,
  type PythonTool,
  pythonOf,
  pythonPlugin,
  pythonServer,
  schemaFault,
} from '../runtimes/index.ts';
import type { Connection } from './connections.ts';
import { filesIn } from './files.ts';
import { nearest } from './nearest.ts';
import type { Finding, PluginEntry, ToolEntry, ToolkitEntry } from './project.ts';

export interface PythonToolsOptions {
  /** Command or path; null: that of `.venv`, else that of the machine. */
  readonly python: string | null;
  readonly connections: ReadonlyMap<string, Connection>;
  /** Tools of the project whose names are taken. */
  readonly tools: readonly ToolEntry[];
}

/** Files of tests and of packaging, which hold no tools. */
const NO_TOOLS = /^(?:test_.*|.*_test|conftest|setup)\.py$/;

/**
 * Reads `tools/*.py`: one toolkit with the functions that `@tool` marks, those included that are plugins by their `kind`. They are loaded once to be looked at and then run by one process, which is given the credentials that
 * the functions expect and no others. Nothing is started when there are no such files; findings go to `findings`.
 */
export async function loadPythonTools(
  root: string,
  { python, connections, tools }: PythonToolsOptions,
  findings: Finding[],
): Promise<PythonFunctions> {
  const files = (await filesIn(root, 'tools', ['.py'])).filter((file) => !NO_TOOLS.test(basename(file)));
  if (files.length === 0) return NOTHING;
  const command = pythonOf(root, python);
  const report = await inspectPython({ command, folder: root, files });
  if (report.is !== 'read') {
    const isMissing = report.is === 'missing';
    const message = isMissing
      ? `There is no Python to run this file with (\`${basename(command)}\`: ${report.message}); it is left out.`
      : `Python does not load the files in \`tools/\` (${report.message}); this one is left out.`;
    const fix = isMissing
      ? 'Install Python 3.9 or later, or name it with the setting `python`.'
      : 'Try it with the Python that the setting `python` names.';
    for (const file of files) findings.push({ severity: 'warning', file, line: 1, field: '', message, fix });
    return NOTHING;
  }

  const found: Named[] = [];
  for (const one of report.files) {
    findings.push(...findingsOf(one));
    for (const tool of one.tools) {
      const refusal = await refusalOf({ tool, file: one.file }, [
        ...tools.map(({ tool: { name }, source }) => ({ name, source })),
        ...found.map(({ tool: { name }, file }) => ({ name, source: file })),
      ]);
      if (refusal) findings.push(refusal);
      else found.push({ tool, file: one.file });
    }
  }
  const [first] = found;
  if (!first) return NOTHING;
  const env = credentialsOf(found, connections, findings);
  const working = files.filter((file) => found.some((one) => one.file === file));
  const server = pythonServer(
    { command, folder: root, files: working },
    { tools: found.map(({ tool }) => tool.name), env, version: await versionOf(root, files) },
  );
  return { toolkit: { server, source: first.file, line: first.tool.line }, plugins: found.flatMap(pluginIn) };
}

/** What Python files hold: the tools are one toolkit; undefined: there are none that work. */
export interface PythonFunctions {
  readonly toolkit: ToolkitEntry | undefined;
  readonly plugins: readonly PluginEntry[];
}

const NOTHING: PythonFunctions = { toolkit: undefined, plugins: [] };

const HOOKS: Readonly<Record<string, PythonPlugin['hook']>> = {
  agent_pre_invoke: 'before',
  agent_post_invoke: 'after',
};

function pluginIn({ tool: { name, kind }, file }: Named): PluginEntry[] {
  const hook = Object.hasOwn(HOOKS, kind) ? HOOKS[kind] : undefined;
  return hook ? [{ plugin: pythonPlugin({ name, hook }), python: { name, hook }, source: file }] : [];
}

interface Named {
  readonly tool: PythonTool;
  readonly file: string;
}

function findingsOf({ file, tools, error }: PythonFile): Finding[] {
  if (error) {
    const message = `The file cannot be loaded: ${error.message.replace(/\.$/, '')}.`;
    const fix =
      'Correct it. What it imports must be installed for the Python that runs it: make a `.venv` in the project, or set `python`.';
    return [{ severity: 'error', file, line: error.line, field: '', message, fix }];
  }
  if (tools.length > 0) return [];
  const message = 'The file has no function that is marked with `@tool`.';
  return [
    {
      severity: 'warning',
      file,
      line: 1,
      field: '',
      message,
      fix: 'Mark one, or begin the name of the file with `_`.',
    },
  ];
}

async function refusalOf(
  { tool: { name, inputSchema, line }, file }: Named,
  taken: readonly { readonly name: string; readonly source: string }[],
): Promise<Finding | undefined> {
  const refuse = (message: string, fix: string): Finding => ({
    severity: 'error',
    file,
    line,
    field: '',
    message,
    fix,
  });
  if (!/^[\w-]{1,64}$/.test(name))
    return refuse(`\`${name}\` is no name for a tool.`, 'Use letters, digits, `_` and `-`, at most 64.');
  const other = taken.find((one) => one.name === name);
  if (other)
    return refuse(
      `\`${other.source}\` has a tool \`${name}\`, too; this one is left out.`,
      'Give one of the two another name.',
    );
  const fault = await schemaFault(inputSchema);
  if (fault === undefined) return undefined;
  return refuse(
    `The input of \`${name}\` has no working schema: ${fault.replace(/\.$/, '')}.`,
    'Correct its annotations.',
  );
}

/** The credentials that the functions expect, in the variables in which the ADK gives them. */
function credentialsOf(
  found: readonly Named[],
  connections: ReadonlyMap<string, Connection>,
  findings: Finding[],
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const { tool, file } of found) {
    for (const appId of tool.credentials) {
      const connection = connections.get(appId);
      if (connection) Object.assign(env, variablesOf(connection));
      else {
        const near = nearest(appId, [...connections.keys()]);
        const fix = near ? `Did you mean \`${near}\`?` : `Make \`connections/${appId}.yaml\`.`;
        const message = `There is no working connection \`${appId}\`, which \`${tool.name}\` expects.`;
        findings.push({ severity: 'warning', file, line: tool.line, field: '', message, fix });
      }
    }
  }
  return env;
}

/** Source: ADK docs, "connections in Python tools": `WXO_SECURITY_SCHEMA_<app>` and `WXO_CONNECTION_<app>_<member>`. */
function variablesOf({ appId, url, credentials }: Connection): Record<string, string> {
  const app = appId.replace(/[^a-zA-Z0-9]+/g, '_');
  const { kind, members } = membersOf(credentials);
  const all = { ...(url === null ? {} : { url }), ...members };
  return {
    [`WXO_SECURITY_SCHEMA_${app}`]: kind,
    ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`WXO_CONNECTION_${app}_${name}`, value])),
  };
}

function membersOf(credentials: Connection['credentials']): {
  kind: string;
  members: Readonly<Record<string, string>>;
} {
  if (credentials.kind === 'api_key') return { kind: 'api_key_auth', members: { api_key: credentials.key } };
  const [scheme, value = ''] = credentials.headers.authorization?.split(' ') ?? [];
  if (scheme === 'Bearer') return { kind: 'bearer_token', members: { token: value } };
  if (scheme === 'Basic') {
    const pair = Buffer.from(value, 'base64').toString('utf8');
    const at = pair.indexOf(':');
    return { kind: 'basic_auth', members: { username: pair.slice(0, at), password: pair.slice(at + 1) } };
  }
  return { kind: 'key_value_creds', members: credentials.headers };
}

/** Of what is imported beside the tools only files in the same folder count. */
async function versionOf(root: string, files: readonly string[]): Promise<string> {
  const all = [...new Set([...files, ...(await helpersIn(root))])].sort();
  const times = await Promise.all(
    all.map((file) =>
      stat(join(root, file)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return createHash('sha256')
    .update(JSON.stringify([all, times]))
    .digest('hex')
    .slice(0, 16);
}

async function helpersIn(root: string): Promise<string[]> {
  const names = await readdir(join(root, 'tools')).catch(() => []);
  return names.filter((name) => name.endsWith('.py')).map((name) => `tools/${name}`);
}

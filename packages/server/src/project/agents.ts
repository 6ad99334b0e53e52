import { extname } from 'node:path';
import type { Agent } from '../model/index.ts';
import { readScript } from '../runtimes/index.ts';
import { toAgent } from './agent.ts';
import { place, type Remark } from './check.ts';
import { readCodeAgent } from './code-agent.ts';
import { CODE_TYPES, codeModules } from './code-modules.ts';
import { runnable } from './code-places.ts';
import type { Connection } from './connections.ts';
import { filesIn, readTextFile } from './files.ts';
import { readYamlAgent } from './native-agent.ts';
import type { AgentEntry, Finding } from './project.ts';
import type { Variable } from './variables.ts';
import type { Places } from './yaml.ts';

/** An agent and the way back to the places in its file. */
export interface LoadedAgent {
  readonly entry: AgentEntry;
  readonly places: Places;
}

export interface AgentsOptions {
  readonly typescript: boolean;
  readonly importTimeoutMs: number;
  readonly self: string | undefined;
  readonly variable: Variable;
  /** Of external agents, by `app_id`. */
  readonly connections: ReadonlyMap<string, Connection>;
}

const YAML_TYPES = ['.yaml', '.yml'];

/** Reads every file in `agents/`, in the order of their names; findings go to `findings`. Of two agents with one name the first stays. */
export async function loadAgents(root: string, options: AgentsOptions, findings: Finding[]): Promise<LoadedAgent[]> {
  const files = await filesIn(root, 'agents', [...YAML_TYPES, ...CODE_TYPES]);
  if (files.length === 0)
    findings.push(
      about(
        'agents',
        'warning',
        'The project has no agents.',
        'Add a file to `agents/`, or run `clew init` in an empty folder.',
      ),
    );
  const importModule = codeModules({ folder: root, self: options.self, timeoutMs: options.importTimeoutMs });
  const loaded: LoadedAgent[] = [];
  for (const file of runnable(files, { typescript: options.typescript, what: 'agent' }, findings)) {
    const source = await readTextFile(root, file);
    if (!('text' in source)) {
      findings.push(source);
      continue;
    }
    const isYaml = YAML_TYPES.includes(extname(file));
    const { draft, findings: found } = isYaml
      ? readYamlAgent(source, options)
      : await readCodeAgent(source, root, importModule);
    findings.push(...found);
    if (!draft) continue;
    const agent = toAgent(draft, source);
    const refusals = [...takenBy(agent, loaded), ...scriptMistakes(agent)];
    if (refusals.length > 0) {
      findings.push(...place(draft.places, refusals));
      continue;
    }
    const entry = { agent, source: file, line: draft.places.lineOf(['name']) };
    const { run, remote, places } = draft;
    loaded.push({ entry: { ...entry, ...(run ? { module: run } : {}), ...(remote ? { remote } : {}) }, places });
  }
  return loaded;
}

function takenBy(agent: Agent, loaded: readonly LoadedAgent[]): Remark[] {
  const other = loaded.find(({ entry }) => entry.agent.name === agent.name || entry.agent.id === agent.id);
  return other ? [sameName(other.entry.agent.name === agent.name ? 'name' : 'id', other.entry.source)] : [];
}

function scriptMistakes({ llm, spec }: Agent): Remark[] {
  if (llm !== 'clew/script') return [];
  const read = readScript(spec.script);
  if ('script' in read) return [];
  const fix = 'Write, for example, `script: [{ say: Hello }]`.';
  return read.issues.map(({ path, message }) => ({ severity: 'error', path: ['script', ...path], message, fix }));
}

/** The remark for a file whose name or id another file has too. */
export function sameName(field: 'name' | 'id', file: string): Remark {
  const message = `\`${file}\` has the same ${field}; this file is left out.`;
  return { severity: 'error', path: [field], message, fix: `Give one of the two another ${field}.` };
}

function about(file: string, severity: Finding['severity'], message: string, fix: string): Finding {
  return { severity, file, line: 1, field: '', message, fix };
}

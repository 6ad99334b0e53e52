import { readFile } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { readVariable } from '../config/environment.ts';
import { fold, type Json, type JsonObject, type Part, type RunEvent, type RunState, textOf } from '../model/index.ts';
import { dataFilesOf } from '../project/index.ts';
import { formOf } from '../runtimes/index.ts';
import { linesOf } from './log-lines.ts';
import { remoteAnswers, remoteNames, withoutRemotes } from './remote-answers.ts';
import { createServer } from './server.ts';

/** What stands in the place of a secret: in an expected line it matches anything. */
const REMOVED = '*';

/** Shapes of keys and tokens. */
const KEYS = [
  /\b(?:sk|pk|rk|gh[opsu]|glpat|xox[abprs]|AKIA|AIza|hf|gsk)[-_A-Za-z0-9]{12,}/g,
  /\bBearer\s+[-\w.~+/]{8,}=*/gi,
  /\beyJ[-\w]{8,}\.[-\w]{8,}\.[-\w]*/g,
  /-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----/g,
  /\b[0-9a-f]{40,}\b/gi,
];

/** Shorter values of variables are words that may stand anywhere. */
const SHORTEST_SECRET = 6;

/**
 * A run of the project's database as a fixture: what was said and answered, what the models replied, what the tools gave back and agents of other servers said, and the log as it is expected. Values of
 * the environment variables that the project names, and whatever looks like a key, are taken out. Rejects with `run_not_found`.
 */
export async function recordRun(config: Config, runId: string): Promise<JsonObject> {
  const server = await createServer(config);
  try {
    const scope = server.operator;
    const run = await server.engine.library.readRun(scope, runId);
    const events = await server.engine.readEvents(scope, runId);
    const first = await server.engine.library.findMessage(scope, run.messageId);
    const toolNames = new Set(server.project.tools.map(({ tool }) => tool.name));
    const names = remoteNames(server.project);
    const whole: Whole = { ...fold(events), agentName: run.agentName, toolNames, names };
    const turns = turnsOf(events).map((some, at) =>
      turnOf(some, saidIn((at === 0 ? first : whole.waits[at - 1]?.answer)?.parts ?? []), whole),
    );
    const fixture = {
      agent: run.agentName,
      ...(Object.keys(run.context).length > 0 ? { context: run.context } : {}),
      turns,
    };
    return without(await secretsOf(config), fixture) as JsonObject;
  } finally {
    await server.close();
  }
}

/** The events of each turn: up to a question, and from its answer on. */
function turnsOf(events: readonly RunEvent[]): RunEvent[][] {
  const turns: RunEvent[][] = [[]];
  for (const event of events) {
    if (event.type === 'run.resumed') turns.push([]);
    turns.at(-1)?.push(event);
  }
  return turns;
}

/** What is known of the run as a whole. */
interface Whole extends RunState {
  readonly agentName: string;
  readonly toolNames: ReadonlySet<string>;
  /** Of agents of other servers. */
  readonly names: ReadonlySet<string>;
}

/** What the person sent, in the words of a fixture. */
function saidIn(parts: readonly Part[]): JsonObject {
  const form = formOf(parts);
  if (form) return { form: form.operation === 'submit' ? form.data : 'cancel' };
  return { say: textOf(parts).trim() === '' ? '(no text)' : textOf(parts) };
}

function turnOf(events: readonly RunEvent[], said: JsonObject, whole: Whole): JsonObject {
  const done = events.flatMap((event) => {
    const step = event.type === 'step.completed' && whole.steps.find(({ stepId }) => stepId === event.data.stepId);
    return step ? [step] : [];
  });
  const model = done.flatMap(({ kind, stepId, output }) =>
    kind === 'model' && output !== undefined ? [{ ...whoAsked(stepId, whole), ...replyOf(output) }] : [],
  );
  const tools = done.flatMap(({ kind, name, output }) =>
    kind === 'tool' && whole.toolNames.has(name) && output !== undefined && wasMade(output)
      ? [{ name, result: withoutApproval(output) }]
      : [],
  );
  const remote = remoteAnswers(events, whole);
  return {
    ...said,
    ...(model.length > 0 ? { model } : {}),
    ...(tools.length > 0 ? { tools } : {}),
    ...(remote.length > 0 ? { remote: remote as unknown as JsonObject[] } : {}),
    expect: { events: linesOf(withoutRemotes(events, whole.names)) },
  };
}

/** The agent whose model was asked, where there are several: the one that was handed over to last. */
function whoAsked(stepId: string, { agentName, steps }: Whole): { readonly agent?: string } {
  const handed = steps.filter(({ kind }) => kind === 'handoff');
  if (handed.length === 0) return {};
  const last = handed.findLast((one) => stepId.startsWith(`${one.stepId}/`));
  return { agent: last ? last.name.replace(/^chat_with_collaborator_/, '') : agentName };
}

function replyOf(output: Json): JsonObject {
  const { text = '', tool_calls: calls = [] } = output as { text?: string; tool_calls?: Called[] };
  const written = calls.map(({ name, arguments: input }) => ({ name, arguments: argumentsOf(input) }));
  return { ...(text === '' ? {} : { text }), ...(written.length > 0 ? { calls: written } : {}) };
}

type Called = { readonly name: string; readonly arguments: string };

function argumentsOf(written: string): Json {
  try {
    return JSON.parse(written || '{}') as Json;
  } catch {
    return {};
  }
}

const CODES_OF_CALLS_NOT_MADE = ['tool_input_invalid', 'tool_refused'];

function metaOf(output: Json): JsonObject {
  return ((output as JsonObject)._meta ?? {}) as JsonObject;
}

/** Whether the tool was called at all. */
function wasMade(output: Json): boolean {
  const { code } = (metaOf(output)['clew/error'] ?? {}) as { readonly code?: string };
  return code === undefined || !CODES_OF_CALLS_NOT_MADE.includes(code);
}

/** Who approved what, and the word for the model about a changed input, are added by whoever asks. */
function withoutApproval(output: Json): Json {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return output;
  const { 'clew/approval': approval, ...meta } = metaOf(output);
  const { _meta, ...others } = output as JsonObject;
  const { edited } = Object(approval) as { readonly edited?: boolean };
  const rest = edited && Array.isArray(others.content) ? { ...others, content: others.content.slice(1) } : others;
  return Object.keys(meta).length > 0 ? { ...rest, _meta: meta } : rest;
}

async function secretsOf({ project, models }: Config): Promise<string[]> {
  const texts = await Promise.all(dataFilesOf(project).map((file) => readFile(file, 'utf8').catch(() => '')));
  const keys = Object.values(models).flatMap(({ headers }) =>
    Object.values(headers).map((value) => value.replace(/^\S+\s+/, '')),
  );
  const names = new Set(texts.flatMap((text) => [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name as string)));
  const values = [...keys, ...[...names].map((name) => readVariable(name)?.trim() ?? '')];
  return values.filter(({ length }) => length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
}

function without(secrets: readonly string[], value: Json): Json {
  if (typeof value === 'string') {
    const plain = secrets.reduce((text, secret) => text.replaceAll(secret, REMOVED), value);
    return KEYS.reduce((text, key) => text.replace(key, REMOVED), plain);
  }
  if (Array.isArray(value)) return value.map((one) => without(secrets, one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, without(secrets, one as Json)]));
}

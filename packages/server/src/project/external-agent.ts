import type { JsonObject } from '../model/index.ts';
import { type AgentDraft, EXTERNAL_A2A_LLM, EXTERNAL_CHAT_LLM, EXTERNAL_LLM } from './agent.ts';
import { A2A_PROVIDER, type AgentFields, EXAMPLES, type ExternalAgentFields, externalAgent } from './agent-fields.ts';
import { agentRemarks } from './agent-rules.ts';
import { check, place, type Remark } from './check.ts';
import { type Connection, credentialsOf } from './connections.ts';
import { nearest } from './nearest.ts';
import type { Finding, RemoteAgent } from './project.ts';
import { fillHeader, fillVariables, isAddress, type Refuse, type Variable } from './variables.ts';
import type { Fields, Path } from './yaml.ts';

/** The agent of a file, if the file is free of errors, and what is to be said about it. */
export interface AgentReading {
  readonly draft?: AgentDraft;
  readonly findings: readonly Finding[];
}

const DEFAULT_RECONNECT_SECONDS = 60;

/** Fields that a client may read and that change nothing for an agent that works elsewhere. */
const WITHOUT_EFFECT = ['instructions', 'knowledge_base', 'context_variables', 'chat_params', 'connection_id'] as const;

/** Whether the file is for this module: an external agent that speaks ACP, A2A, or chat completions as those that name no provider do. */
export function isExternal({ kind, provider }: JsonObject): boolean {
  if (kind !== 'external') return false;
  if (provider === undefined || provider === null) return true;
  return provider === 'acp' || provider === 'external_chat' || isA2a(provider);
}

function isA2a(provider: unknown): boolean {
  return typeof provider === 'string' && provider.startsWith(A2A_PROVIDER);
}

/** What surrounds the reading of an external agent. */
export interface ExternalSurroundings {
  readonly variable: Variable;
  /** By `app_id`. */
  readonly connections: ReadonlyMap<string, Connection>;
}

/** Reads an agent that works at another server. Findings never hold what a variable was set to. */
export function readExternalAgent(read: Fields, around: ExternalSurroundings): AgentReading {
  const remarks = check(externalAgent, read.value, EXAMPLES);
  const wrong = () => remarks.some((remark) => remark.severity === 'error');
  if (wrong()) return { findings: place(read, remarks) };
  const fields = read.value as unknown as ExternalAgentFields;
  const described: AgentFields = {
    ...(fields as object),
    display_name: fields.display_name ?? fields.title,
    hidden: fields.hidden ?? fields.config?.hidden,
  };
  remarks.push(...agentRemarks(described, fields.name), ...withoutEffect(fields));
  const remote = remoteOf(fields, around, remarks);
  const findings = place(read, remarks);
  if (wrong()) return { findings };
  // What leads to the remote is for its runtime alone: `spec` is read by whoever describes agents to clients.
  const { api_url: _, headers: __, auth_config: ___, ...spec } = read.value;
  return {
    draft: {
      name: fields.name,
      llm: remote.a2a ? EXTERNAL_A2A_LLM : remote.chat ? EXTERNAL_CHAT_LLM : EXTERNAL_LLM,
      fields: described,
      spec,
      remote,
      places: read,
    },
    findings,
  };
}

function withoutEffect(fields: ExternalAgentFields): Remark[] {
  const isChat = fields.provider !== 'acp' && !isA2a(fields.provider);
  return WITHOUT_EFFECT.filter((field) => !isChat || field !== 'chat_params')
    .filter((field) => fields[field] !== undefined && fields[field] !== null)
    .map((field) => ({
      severity: 'warning',
      path: [field],
      message: 'The agent works at another server, where this field is not known.',
      fix: 'Remove it.',
    }));
}

/** Where the agent is, as far as the fields are right; what is wrong with them goes to `remarks`. */
function remoteOf(
  fields: ExternalAgentFields,
  { variable, connections }: ExternalSurroundings,
  remarks: Remark[],
): RemoteAgent {
  const refuse = (path: Path, message: string, fix: string) => remarks.push({ severity: 'error', path, message, fix });
  const refuseAt =
    (path: Path): Refuse =>
    (message, fix) =>
      refuse(path, message, fix);

  const headers: Record<string, string> = {};
  if (fields.app_id) {
    const connection = connections.get(fields.app_id);
    if (connection) Object.assign(headers, credentialsOf(connection).headers);
    else {
      const near = nearest(fields.app_id, [...connections.keys()]);
      const fix = near ? `Did you mean \`${near}\`?` : `Make \`connections/${fields.app_id}.yaml\`.`;
      refuse(['app_id'], `There is no working connection \`${fields.app_id}\`.`, fix);
    }
  }
  const set = (name: string, path: Path, text: string, prefix = ''): void => {
    const value = fillHeader(name, text, variable, refuseAt(path));
    if (value !== undefined) headers[name] = prefix + value;
  };
  for (const [name, text] of Object.entries(fields.headers ?? {})) set(name, ['headers', name], text);

  const token = fields.auth_config?.token;
  const tokenPath = ['auth_config', 'token'];
  if (fields.auth_scheme === 'BEARER_TOKEN' || fields.auth_scheme === 'API_KEY') {
    const bearer = fields.auth_scheme === 'BEARER_TOKEN';
    if (!token) refuse(['auth_scheme'], 'There is no token for this scheme.', `Write \`${EXAMPLES.auth_config}\`.`);
    else set(bearer ? 'Authorization' : 'X-API-Key', tokenPath, token, bearer ? 'Bearer ' : '');
  } else if (token) {
    const message = 'The token is not sent without an `auth_scheme`.';
    remarks.push({ severity: 'warning', path: tokenPath, message, fix: `Write \`${EXAMPLES.auth_scheme}\`.` });
  }

  const url = fillVariables(fields.api_url, variable, refuseAt(['api_url']));
  if (url !== undefined && !isAddress(url)) {
    const fix = `Write, for example, \`${EXAMPLES.api_url}\`; what the server wants to know goes into \`headers\`.`;
    refuse(['api_url'], 'This is no plain http or https address.', fix);
  }
  return {
    url: (url ?? '').replace(/\/+$/, ''),
    agent: fields.agent ?? fields.name,
    headers,
    reconnectMs: (fields.reconnect_seconds ?? DEFAULT_RECONNECT_SECONDS) * 1_000,
    ...speaking(fields),
  };
}

/** What has to be known of another protocol than ACP. */
function speaking({ provider, chat_params: params, config }: ExternalAgentFields): Pick<RemoteAgent, 'chat' | 'a2a'> {
  if (provider === 'acp') return {};
  if (isA2a(provider)) return { a2a: true };
  return { chat: { params: (params ?? {}) as JsonObject, thoughts: config?.enable_cot === true } };
}

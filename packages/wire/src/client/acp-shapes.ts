import type { Manifest } from '../acp/agent.ts';
import type { Event } from '../acp/event.ts';
import type { Run } from '../acp/run.ts';
import type { Session } from '../acp/session.ts';
import { AcpError } from './acp-error.ts';

/** An agent as other servers describe it: `status` is Clew's. */
export type AgentManifest = Omit<Manifest, 'status'> & Partial<Pick<Manifest, 'status'>>;

type Fields = Readonly<Record<string, unknown>>;

// Only what callers hold on to is looked at: which value each member has is the server's word.

export function agentsOf(body: unknown): AgentManifest[] {
  return listIn(body, 'agents').map(agentOf);
}

export function agentOf(body: unknown): AgentManifest {
  const agent = fieldsOf(body, 'an agent that is no object');
  if (typeof agent.name !== 'string') throw malformed('an agent without a name');
  return {
    description: '',
    input_content_types: ['*/*'],
    output_content_types: ['*/*'],
    metadata: {},
    ...agent,
  } as AgentManifest;
}

export function runOf(body: unknown): Run {
  const run = fieldsOf(body, 'a run that is no object');
  if (typeof run.run_id !== 'string' || typeof run.status !== 'string')
    throw malformed('a run without run_id or status');
  const output = run.output ?? [];
  if (!Array.isArray(output)) throw malformed('a run whose output is no list');
  for (const message of output) checkMessage(message);
  const awaited = run.await_request ?? null;
  if (awaited !== null) checkMessage(fieldsOf(awaited, 'an await_request that is no object').message);
  return { error: null, finished_at: null, ...run, output, await_request: awaited } as Run;
}

export function sessionOf(body: unknown): Session {
  const session = fieldsOf(body, 'a session that is no object');
  if (typeof session.id !== 'string') throw malformed('a session without an id');
  return { ...session, history: session.history ?? [], state: session.state ?? null } as Session;
}

export function eventsOf(body: unknown): Event[] {
  return listIn(body, 'events').map(eventOf);
}

/** An event of a known type has what its type stands for; one of an unknown type is what it is. */
export function eventOf(value: unknown): Event {
  const event = fieldsOf(value, 'an event that is no object');
  const { type } = event;
  if (typeof type !== 'string') throw malformed('an event without a type');
  const member = Object.hasOwn(MEMBERS, type) ? MEMBERS[type] : undefined;
  if (member === undefined) return event as Event;
  if (member === 'run') return { ...event, run: runOf(event.run) } as Event;
  if (member === 'message') checkMessage(event.message);
  const { code, message } = fieldsOf(event[member], `an event ${type} without ${member}`);
  if (member === 'error' && (typeof code !== 'string' || typeof message !== 'string'))
    throw malformed('an error without code or message');
  return event as Event;
}

function checkMessage(value: unknown): void {
  const { parts } = fieldsOf(value, 'a message that is no object');
  if (!Array.isArray(parts)) throw malformed('a message without parts');
  for (const part of parts) fieldsOf(part, 'a part that is no object');
}

const MEMBERS: Readonly<Record<string, 'run' | 'message' | 'part' | 'generic' | 'error'>> = {
  'run.created': 'run',
  'run.in-progress': 'run',
  'run.awaiting': 'run',
  'run.completed': 'run',
  'run.failed': 'run',
  'run.cancelled': 'run',
  'message.created': 'message',
  'message.part': 'part',
  'message.completed': 'message',
  generic: 'generic',
  error: 'error',
};

function listIn(body: unknown, name: string): unknown[] {
  const list = fieldsOf(body, `no list of ${name}`)[name];
  if (!Array.isArray(list)) throw malformed(`no list of ${name}`);
  return list;
}

function fieldsOf(value: unknown, what: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw malformed(what);
  return value as Fields;
}

function malformed(what: string): AcpError {
  return new AcpError('malformed', `The server does not speak ACP as it should: it sent ${what}.`);
}

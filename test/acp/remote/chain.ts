import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event, Message, MessagePart } from '@clew/wire/acp';
import { serve } from '../../kit/server.ts';

/** Writes a project whose agents work at other servers: `{ echo: 'provider: acp …' }`, lines after those that every agent has. */
export function writeNear(folder: string, agents: Readonly<Record<string, readonly string[]>>): string {
  mkdirSync(join(folder, 'agents'), { recursive: true });
  for (const [name, lines] of Object.entries(agents)) {
    const head = [
      'spec_version: v1',
      'kind: external',
      'provider: acp',
      `name: ${name}`,
      `description: ${name} elsewhere.`,
    ];
    writeFileSync(join(folder, 'agents', `${name}.yaml`), [...head, ...lines, ''].join('\n'));
  }
  return folder;
}

/** A variable of the environment, as files name it. */
export function variable(name: string): string {
  return `\${${name}}`;
}

/** The line of a file that says where the agent is. */
export function at(name: string): string {
  return `api_url: ${variable(name)}`;
}

/** Starts a server on a database in `folder`, with leases that run out soon. */
export function serveNear(folder: string, env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const times = ['--lease-ms', '1000', '--grace-ms', '0'];
  return serve({ project: folder, args: ['--db', join(folder, 'clew.db'), ...times, ...args], env });
}

/** What a run said, without times and ids, its texts joined: of two servers of a chain it is the same. */
export function told(events: readonly Event[]) {
  const messages = events.filter((event) => event.type === 'message.completed').map(({ message }) => partsOf(message));
  const parts = events.filter((event) => event.type === 'message.part').map(({ part }) => part);
  const questions = events.flatMap((event) =>
    event.type === 'run.awaiting' ? [partsOf(event.run.await_request?.message as Message)] : [],
  );
  const last = events.at(-1);
  const run = last && 'run' in last ? last.run : undefined;
  return { messages, parts: joined(parts.filter(isTheirs)), questions, status: run?.status, error: run?.error };
}

function partsOf({ parts }: Message) {
  return joined(parts.filter(isTheirs));
}

/** Whether it is not the near server's own word of a hand-over. */
function isTheirs({ metadata }: MessagePart): boolean {
  return !(metadata?.kind === 'trajectory' && metadata.message?.startsWith('Handing '));
}

function joined(parts: readonly MessagePart[]): MessagePart[] {
  const all: MessagePart[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (isPlain(part) && isPlain(last)) all[all.length - 1] = { ...last, content: `${last.content}${part.content}` };
    else all.push(part);
  }
  return all;
}

function isPlain(part: MessagePart | undefined): part is MessagePart {
  return part?.content_type === 'text/plain' && part.content != null && !part.name && !part.metadata;
}

/** The run at the far server that a run here was handed over to. */
export function farRunId(events: readonly Event[]): string {
  const id = /"tool_output":\{"run_id":"([^"]+)"\}/.exec(JSON.stringify(events))?.[1];
  if (!id) throw new Error('No event names the run of the far server.');
  return id;
}

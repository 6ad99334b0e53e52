import { AcpError } from '@clew/wire/acp-client';
import { v5 } from 'uuid';
import { AgentError, type Json, type JsonObject, type Part, textOf } from '../../../model/index.ts';
import type { Emit, Runtime, Turn } from '../../../ports/index.ts';
import { REAL_PACE } from '../../code/index.ts';
import { secretsIn } from '../../secrets.ts';
import type { AcpAgentOptions } from '../acp.ts';
import { type Remote, sentence } from '../failures.ts';
import { cancelThere, openLine } from '../line.ts';
import { createTelling } from '../telling.ts';
import { type A2aClient, type Begun, createA2aClient } from './client.ts';
import { encodeA2aParts } from './parts.ts';
import type { Message } from './sdk.ts';
import { ResultSpeaker } from './speaker.ts';
import { type EndState, newsOf, placeOf } from './task-news.ts';

/** Namespace of the context ids that remote servers get (RFC 9562, version 5). Fixed for ever: conversations that go on depend on it. */
const CONTEXT_NAMESPACE = '6a0f2c7e-41d3-4f0e-8a55-9b0c3f7d2e64';

/** The role of a person. Source: A2A 1.0, `Role`. */
const USER = 1;

/** What the first step of a run records: the task there, or the whole answer of an agent that makes none. */
type HandedOver = { readonly task_id?: string; readonly context_id: string; readonly answer?: readonly Part[] };

/** What the step in which the agent works records: a run that is entered again says it without asking. */
interface Heard {
  readonly said: readonly (readonly Part[])[];
  readonly progress: readonly string[];
  /** What it waits for, and which status said so. Absent: it is done. */
  readonly question?: readonly Part[];
  readonly key?: string;
}

interface Work {
  readonly id: string | undefined;
  readonly begun: Begun;
}

/**
 * The runtime of an agent that works at an A2A server. The id of the task there is recorded as soon as it is known: an entry after that reads the task and joins it again.
 * Results are messages here, what the agent tells of its work is the progress of a step, and a question there is a question here, whose answer goes on with the same task. The
 * turns of a thread share a context there. `recovery` is `restart`.
 */
export function createA2aRuntime(options: AcpAgentOptions): Runtime {
  const { url, headers, reconnectMs, pace = REAL_PACE } = options;
  const client = createA2aClient({ url, headers });
  const remote: Remote = { agent: options.agent, secrets: secretsIn(headers), reconnectMs, protocol: 'A2A' };

  return {
    recovery: 'restart',
    async cancelled(steps) {
      const [handover] = steps;
      const { task_id: id } = (handover?.output ?? {}) as Partial<HandedOver>;
      if (handover?.done && id !== undefined) await cancelThere(client.cancel, id);
    },
    async run(turn, emit, signal) {
      signal.throwIfAborted();
      const line = openLine<Work>(client.cancel, signal);
      const { name, displayName } = turn.agent;
      const telling = createTelling({ turn, remote, signal, line, onTrouble: options.onTrouble });
      /** Sends a message; the first event says where it went. */
      const send = (message: Message) =>
        line.start(async (given) => {
          const begun = await client.send(message, { signal: given });
          return { id: message.taskId || placeOf(begun.first).task, begun };
        });

      try {
        let message = await firstMessage(turn);
        const handed = await emit.step({ kind: 'handoff', name, title: `Handing over to ${displayName}` }, () =>
          telling(async () => recorded((await sendFirst(message, send)).begun)),
        );
        const { task_id: taskId, context_id: contextId, answer } = handed as unknown as HandedOver;
        if (taskId === undefined) return await new ResultSpeaker(emit).message(answer ?? []);
        line.hold(taskId);
        let opened = line.opened?.begun;
        let answered: string | undefined;
        for (;;) {
          const { messageId } = message;
          const following = { client, taskId, messageId, answered, reconnectMs, pace, signal: line.signal };
          const events = opened && eventsOf(opened);
          let worked = false;
          const heard = (await emit.step({ kind: 'handoff', name, title: `${displayName} is working` }, (_, show) => {
            worked = true;
            return telling(() =>
              hear(newsOf({ ...following, opened: events }), { emit, show, remote }),
            ) as Promise<unknown> as Promise<Json>;
          })) as unknown as Heard;
          if (!worked) {
            const speaker = new ResultSpeaker(emit);
            for (const parts of heard.said) await speaker.message(parts);
          }
          if (!heard.question) return;
          const reply = await emit.ask(heard.question);
          message = messageOf({ id: reply.id, parts: reply.parts, contextId, taskId });
          opened = undefined;
          answered = heard.key;
          await emit.step({ kind: 'handoff', name, title: `Handing the answer over to ${displayName}` }, () =>
            telling(async () => {
              if (!(await knows(client, taskId, message.messageId, line.signal))) opened = (await send(message)).begun;
              return undefined;
            }),
          );
        }
      } finally {
        line.close();
      }
    },
  };
}

/** Says what comes of a task until it is done or asks. Rejects with what it failed with. */
async function hear(
  news: ReturnType<typeof newsOf>,
  { emit, show, remote }: { emit: Emit; show: (text: string) => void; remote: Remote },
): Promise<Heard> {
  const speaker = new ResultSpeaker(emit);
  const progress: string[] = [];
  for await (const one of news) {
    if (one.type === 'progress') {
      progress.push(one.text);
      show(`${one.text}\n`);
    } else if (one.type === 'artifact') await speaker.result(one.id, one.parts);
    else if (one.state === 'input-required' || one.state === 'auth-required') {
      const question: readonly Part[] =
        one.parts.length > 0 ? one.parts : [{ type: 'text', text: 'The agent waits for an answer.' }];
      return { said: speaker.messages, progress, question, key: one.key };
    } else if (one.state === 'completed') {
      const last = progress.at(-1);
      await speaker.conclude(one.parts);
      // Some agents tell their answer as progress, and then that they are done.
      if (speaker.messages.length === 0 && last !== undefined) await speaker.message([{ type: 'text', text: last }]);
      return { said: speaker.messages, progress };
    } else throw endedBadly(one.state, textOf(one.parts), remote);
  }
  throw new AcpError('unreachable', 'The task did not end.');
}

function endedBadly(state: EndState, said: string, remote: Remote): AgentError {
  const text = sentence(said, remote);
  if (state === 'canceled')
    return new AgentError('remote_failed', 'The task was cancelled at the server of the remote agent.');
  if (state === 'rejected')
    return new AgentError('remote_refused', text || 'The remote agent does not take this task.');
  return new AgentError('remote_failed', text || 'The remote agent failed and did not say why.');
}

async function* eventsOf({ first, rest }: Begun): AsyncGenerator<Begun['first'], void, undefined> {
  yield first;
  yield* rest;
}

function recorded({ first }: Begun): JsonObject {
  const { task, context, parts } = placeOf(first);
  if (!task && !parts) throw new AcpError('malformed', 'The server names neither a task nor an answer.');
  return { ...(task ? { task_id: task } : { answer: parts as unknown as Json }), context_id: context };
}

/** Sends the first message of a turn. A server that takes only contexts that it has named itself gets the message without one. */
async function sendFirst(message: Message, send: (message: Message) => Promise<Work>): Promise<Work> {
  try {
    return await send(message);
  } catch (error) {
    const isRefused = error instanceof AcpError && (error.code === 'refused' || error.code === 'not_found');
    if (!isRefused || (error.status !== 400 && error.status !== 404)) throw error;
    return send({ ...message, contextId: '' });
  }
}

/** What is new in the thread, as one message: A2A takes one at a time, and keeps the earlier ones in the context. */
async function firstMessage(turn: Turn): Promise<Message> {
  const { run, agent, inputs, input } = turn;
  const parts = inputs.flatMap((one) => one.parts);
  const earlier = (await turn.history()).flatMap(({ steps }) => steps);
  const named = earlier.findLast(
    ({ kind, name, output }) => kind === 'handoff' && name === agent.name && isPlace(output),
  );
  // Known before anything was said, so that a first turn that failed and the next one share it.
  const own = v5(`${run.threadId}/${agent.id}`, CONTEXT_NAMESPACE);
  const known = (named?.output as HandedOver | undefined)?.context_id;
  return messageOf({ id: input.id, parts, contextId: known || own, taskId: '' });
}

function isPlace(output: Json | undefined): boolean {
  const { context_id: id } = (output ?? {}) as { readonly context_id?: unknown };
  return typeof id === 'string';
}

function messageOf(one: { id: string; parts: readonly Part[]; contextId: string; taskId: string }): Message {
  const { id: messageId, parts, contextId, taskId } = one;
  const empty = { metadata: undefined, extensions: [], referenceTaskIds: [] };
  return { messageId, contextId, taskId, role: USER, parts: encodeA2aParts(parts), ...empty };
}

/** Whether the task has the message already: its record here was lost with the process that sent it. */
async function knows(client: A2aClient, taskId: string, messageId: string, signal: AbortSignal): Promise<boolean> {
  const { history } = await client.task(taskId, { signal });
  return (history ?? []).some((one) => one.messageId === messageId);
}

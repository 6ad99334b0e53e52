import {
  type CompletionRequest,
  completion,
  completionRequest,
  isUuid,
  type RequestContent,
} from '@clew/wire/orchestrate';
import type { Engine, StartCommand } from '../../../engine/engine.ts';
import type { JsonObject, Part } from '../../../model/index.ts';
import type { Endpoint, Reply, WireRequest } from '../../endpoint.ts';
import { agentOf } from '../agent.ts';
import { completionReply, completionStream } from '../completion.ts';
import { decodeContent } from '../items.ts';
import { onceOf } from '../once.ts';
import type { OrchestrateOptions } from '../options.ts';
import { orchestratePath } from '../paths.ts';
import { decodeBody, idOrNone, invalid } from '../requests.ts';

type Earlier = NonNullable<StartCommand['history']>[number];

const THREAD_HEADER = 'X-IBM-THREAD-ID';

/** `chat/completions` of each agent, for clients of OpenAI's API and for Orchestrate's own external agents. */
export function completionEndpoints({ engine, onDefect }: OrchestrateOptions): Endpoint[] {
  return [
    {
      ...orchestratePath('/{agent_id}/chat/completions', { version2: true }),
      method: 'POST',
      tag: 'Completions',
      access: 'principal',
      summary: 'Answer the last of some messages, as OpenAI has it; goes on in a thread',
      schemas: { body: completionRequest, reply: completion },
      async handle(request): Promise<Reply> {
        const { command, stream } = startCommand(engine, request);
        const started = await engine.startRun(request.scope, command);
        const headers = { [THREAD_HEADER]: started.run.threadId };
        const { scope, signal, requestId } = request;
        const defect = (error: unknown) => onDefect?.(error, { requestId });
        const answering = { engine, started, scope, signal, defect };
        return stream ? completionStream(answering, headers) : completionReply(answering, headers);
      },
    },
  ];
}

function startCommand(engine: Engine, request: WireRequest): { command: StartCommand; stream: boolean } {
  const body = decodeBody(completionRequest, request.body);
  const agent = agentOf(engine, request.params.agent_id ?? '', ['path', 'agent_id']);
  const last = body.messages.at(-1);
  if (last === undefined || !isPerson(last.role)) {
    throw invalid(
      ['body', 'messages', body.messages.length - 1, 'role'],
      "The last message should be from the 'user'",
      'literal_error',
    );
  }
  const threadId = threadOf(request, body);
  const command = {
    agent,
    ...(threadId ? { threadId } : {}),
    message: { parts: partsOf(last.content, body.messages.length - 1) },
    history: historyOf(body),
    context: { ...body.context } as JsonObject,
    options: (body.additional_parameters ? { additional_parameters: body.additional_parameters } : {}) as JsonObject,
  };
  const once = onceOf(request, undefined, command);
  return {
    // A caller with threads of its own, such as Orchestrate calling an external agent, goes on under its own ids.
    command: { ...command, mayCreateThread: true, answerWaiting: true, ...(once ? { once } : {}) },
    stream: body.stream ?? false,
  };
}

function threadOf(request: WireRequest, body: CompletionRequest): string | undefined {
  const header = request.header(THREAD_HEADER);
  if (!header) return idOrNone(body.thread_id);
  if (!isUuid(header)) throw invalid(['header', 'x-ibm-thread-id'], 'Input should be a valid UUID', 'uuid_parsing');
  return header.toLowerCase();
}

/** Instructions (`system`) and tool messages are left out: an agent has its own. */
function historyOf({ messages }: CompletionRequest): Earlier[] {
  const history: Earlier[] = [];
  for (const [i, { role, content }] of messages.slice(0, -1).entries()) {
    const speaker = isPerson(role) ? 'user' : /^assistant$/i.test(role) ? 'assistant' : undefined;
    if (speaker) history.push({ role: speaker, parts: partsOf(content, i), agentName: null });
  }
  return history;
}

function partsOf(content: RequestContent | null | undefined, index: number): Part[] {
  return decodeContent(content ?? '', ['body', 'messages', index, 'content']);
}

function isPerson(role: string): boolean {
  return /^(user|human)$/i.test(role);
}

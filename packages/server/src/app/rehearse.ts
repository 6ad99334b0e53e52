import type { Config } from '../config/config.ts';
import { type JsonObject, type Part, type RunEvent, type Scope, textOf } from '../model/index.ts';
import type { Tool } from '../ports/index.ts';
import type { Fixture, FixtureTurn } from '../project/index.ts';
import { ScriptedModel, toolResultOf } from '../runtimes/index.ts';
import { ScriptedRemotes } from '../runtimes/remote/index.ts';
import { linesOf } from './log-lines.ts';
import { remoteNames, withoutRemotes } from './remote-answers.ts';
import { createServer } from './server.ts';

/** What came of one turn of a fixture. */
export interface PlayedTurn {
  /** Everything that was said, messages with a blank line between them. */
  readonly text: string;
  /** Names of the steps, without calls of models. */
  readonly steps: readonly string[];
  /** The log, as `linesOf` writes it. */
  readonly lines: readonly string[];
  readonly status: 'completed' | 'waiting' | 'failed' | 'cancelled';
  /** How many replies of models, results of tools and answers of remote agents nobody asked for. */
  readonly left: number;
}

/** How long one turn may take. */
const LONGEST_MS = 60_000;

const ANYBODY: Scope = {
  tenantId: '00000000-0000-4000-8000-000000000001',
  userId: '00000000-0000-4000-8000-000000000002',
  userName: 'tester@example.com',
  audience: 'operator',
};

/** Plays a fixture against the agents of a project, in this process, with a database in memory and the models, tools and remote agents that the fixture scripts. */
export async function rehearse(config: Config, { agent, context, turns }: Fixture): Promise<PlayedTurn[]> {
  const model = new ScriptedModel();
  const tools = new ScriptedTools();
  const remotes = new ScriptedRemotes();
  // Nothing of it leaves this machine.
  const offline: Config = { ...config, files: { ...config.files, store: 'disk' }, knowledge: { embeddings: null } };
  const server = await createServer(offline, {
    stage: {
      openModel: (one) => model.for(one),
      tool: (one) => tools.wrap(one),
      remote: (one) => remotes.for(one),
    },
  });
  const { engine } = server;
  await server.start();
  try {
    const played: PlayedTurn[] = [];
    let open: { readonly runId: string; readonly after: number } | undefined;
    let threadId: string | undefined;
    for (const turn of turns) {
      model.load(turn.model);
      tools.load(turn.tools);
      remotes.load(turn.remote);
      const message = { parts: [partOf(turn)] };
      if (open) await engine.answerRun(ANYBODY, open.runId, message);
      const started = open
        ? undefined
        : await engine.startRun(ANYBODY, {
            message,
            context,
            ...(agent ? { agent } : {}),
            ...(threadId ? { threadId } : {}),
          });
      const runId = open?.runId ?? (started?.run.id as string);
      threadId ??= started?.run.threadId;
      const events = await eventsOf(engine, runId, open?.after ?? 0);
      played.push({
        ...told(withoutRemotes(events, remoteNames(server.project))),
        left: model.left + tools.left + remotes.left,
      });
      const last = events.at(-1);
      open = last?.type === 'run.waiting' ? { runId, after: last.seq } : undefined;
    }
    return played;
  } finally {
    await server.close();
  }
}

/** What the person sends; a form as the chat does. */
function partOf({ say, form }: FixtureTurn): Part {
  if (form === undefined) return { type: 'text', text: say };
  const response_type = 'form_operation';
  const value: JsonObject =
    form === 'cancel'
      ? { response_type, form_operation: 'cancel' }
      : { response_type, form_operation: 'submit', form_data: form };
  return { type: 'item', kind: response_type, value };
}

type Engine = Awaited<ReturnType<typeof createServer>>['engine'];

async function eventsOf(engine: Engine, runId: string, after: number): Promise<RunEvent[]> {
  const late = setTimeout(() => void engine.cancelRun(ANYBODY, runId).catch(() => {}), LONGEST_MS);
  try {
    const events: RunEvent[] = [];
    for await (const batch of engine.tail(ANYBODY, runId, after, { untilWaiting: true })) events.push(...batch);
    return events;
  } finally {
    clearTimeout(late);
  }
}

function told(events: readonly RunEvent[]): Omit<PlayedTurn, 'left'> {
  const steps = events.filter((event) => event.type === 'step.started').map(({ data }) => data);
  const messages = events.filter((event) => event.type === 'message.completed').map(({ data }) => data.message);
  const last = events.at(-1)?.type.replace('run.', '');
  return {
    text: messages.map(({ parts }) => textOf(parts)).join('\n\n'),
    steps: steps.filter(({ kind }) => kind !== 'model').map(({ name }) => name),
    lines: linesOf(events),
    status: last === 'completed' || last === 'waiting' || last === 'failed' ? last : 'cancelled',
  };
}

/** Gives results that were written down in the place of calling tools. */
class ScriptedTools {
  #results: FixtureTurn['tools'] = [];

  load(results: FixtureTurn['tools']): void {
    this.#results = results;
  }

  get left(): number {
    return this.#results.length;
  }

  wrap(tool: Tool): Tool {
    return {
      ...tool,
      call: async (input, call) => {
        const next = this.#results.find(({ name }) => name === tool.name);
        if (!next) return tool.call(input, call);
        this.#results = this.#results.filter((one) => one !== next);
        return toolResultOf(next.result);
      },
    };
  }
}

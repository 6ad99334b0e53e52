import {
  ApiError,
  type Client,
  type ContentItem,
  type Frame,
  type Message,
  type MessagePatch,
  type Run,
  type Say,
  type StreamOptions,
} from '@clew/wire/client';

const AGENT = { id: 'a1', name: 'guide', display_name: 'Guide', hidden: false };
const STARTERS = {
  starter_prompts: { prompts: [{ id: '1', title: 'Begin', subtitle: '', prompt: 'Let us begin', state: 'active' }] },
  welcome_content: { welcome_message: 'Welcome.', description: 'Ask me.', is_default_message: false },
};

export const item = (text: string, id = '1'): ContentItem => ({ response_type: 'text', id, text });

/** A run whose frames a test writes. */
export class ScriptedRun {
  readonly id: string;
  readonly threadId: string;
  readonly frames: Frame[] = [];
  status: Run['status'] = 'running';
  readonly #server: ScriptedServer;
  #waiting = new Set<() => void>();
  #broken = 0;

  constructor(id: string, threadId: string, server: ScriptedServer) {
    this.id = id;
    this.threadId = threadId;
    this.#server = server;
    this.push('run.started', { agent_id: AGENT.id });
  }

  push(event: string, data: object = {}): void {
    const id = `${this.#server.tick()}-0`;
    this.frames.push({ id, event, data: { run_id: this.id, thread_id: this.threadId, ...data } } as unknown as Frame);
    this.#wake();
  }

  delta(text: string, id = '1'): void {
    this.push('message.delta', { delta: { role: 'assistant', content: [item(text, id)] } });
  }

  say(content: ContentItem[] | string, about: object = {}): Message {
    const message = this.#server.store(this.threadId, 'assistant', content, about);
    this.push('message.created', { message_id: message.id, message });
    return message;
  }

  end(event = 'run.completed', status: Run['status'] = 'completed', data: object = {}): void {
    this.status = status;
    this.push(event, data);
    this.push('done');
  }

  /** Breaks every stream of the run that is open now, for good: the client has tried enough. */
  breakStreams(): void {
    this.#broken += 1;
    this.#wake();
  }

  async *read(after: string | undefined, { signal }: StreamOptions = {}): AsyncGenerator<Frame, void, undefined> {
    const broken = this.#broken;
    let next = after === undefined ? 0 : this.frames.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && next === 0) throw new ApiError('cursor_unknown', 'No.', { status: 409 });
    this.#server.streams += 1;
    try {
      for (;;) {
        const frame = this.frames[next];
        if (frame) {
          next += 1;
          yield frame;
          if (frame.event === 'done') return;
          continue;
        }
        await new Promise<void>((resolve) => {
          this.#waiting.add(resolve);
          signal?.addEventListener('abort', () => resolve(), { once: true });
        });
        signal?.throwIfAborted();
        if (this.#broken !== broken) throw new ApiError('stream_lost', 'The connection broke.');
      }
    } finally {
      this.#server.streams -= 1;
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const go of waiting) go();
  }
}

/** A server in memory that takes a message once, as the real one does. A test says what its runs say. */
export class ScriptedServer {
  readonly runs: ScriptedRun[] = [];
  readonly bodies: Record<string, unknown>[] = [];
  readonly patches: { messageId: string; change: MessagePatch }[] = [];
  readonly messages: Message[] = [];
  /** Streams that are open now, and calls so far. */
  streams = 0;
  calls: string[] = [];
  /** Where streams of known runs were taken up. */
  readonly cursors: (string | undefined)[] = [];
  /** What every call fails with. */
  failure: ApiError | undefined;
  /** Called with every new run, before its first frame is read. */
  onRun: (run: ScriptedRun) => void = () => {};
  #time = 1000;
  #count = 0;
  readonly #taken = new Map<string, ScriptedRun>();

  tick(): number {
    this.#time += 1;
    return this.#time;
  }

  store(threadId: string, role: 'user' | 'assistant', content: ContentItem[] | string, about: object = {}): Message {
    this.#count += 1;
    const message = {
      id: `m${this.#count}`,
      thread_id: threadId,
      role,
      content: typeof content === 'string' ? [item(content)] : content,
      created_on: '2026-02-06T16:57:07.195386Z',
      additional_properties: { display_properties: { skip_render: false, is_async: false }, is_interrupt: false },
      step_history: [],
      message_state: null,
      assistant: { is_default: true, assistant_name: 'guide' },
      ...about,
    } as unknown as Message;
    this.messages.push(message);
    return message;
  }

  get run(): ScriptedRun {
    const run = this.runs.at(-1);
    if (!run) throw new Error('There is no run yet.');
    return run;
  }

  #start(say: Say): ScriptedRun {
    const key = say.messageId ?? '';
    const known = this.#taken.get(key);
    this.bodies.push({ ...say.more });
    if (known) return known;
    const threadId = (say.more?.thread_id as string | undefined) ?? `t${this.runs.length + 1}`;
    const { message } = say.more as { message: Record<string, unknown> };
    const content = message.content as string | ContentItem[];
    this.store(threadId, 'user', content, {
      message_state: null,
      ...message,
      content: typeof content === 'string' ? [item(content)] : content,
    });
    const run = new ScriptedRun(`r${this.runs.length + 1}`, threadId, this);
    this.runs.push(run);
    this.#taken.set(key, run);
    this.onRun(run);
    return run;
  }

  client(): Client {
    const call = async <T>(name: string, give: () => T): Promise<T> => {
      this.calls.push(name);
      await Promise.resolve();
      if (this.failure) throw this.failure;
      return give();
    };
    const ofThread = (threadId: string) => this.messages.filter(({ thread_id: id }) => id === threadId);
    const known = (threadId: string) => {
      const runs = this.runs.filter((run) => run.threadId === threadId);
      if (runs.length + ofThread(threadId).length > 0) return runs;
      throw new ApiError('thread_not_found', 'There is no such thread.', { status: 404 });
    };
    const about = ({ id, threadId, status }: ScriptedRun) => ({
      id,
      thread_id: threadId,
      status,
      last_error: 'It broke.',
      created_at: '2026-02-06T16:57:07Z',
    });
    const server = this;
    const client: Partial<Client> = {
      agents: () => call('agents', () => [AGENT] as never),
      starterSettings: () => call('starterSettings', () => STARTERS as never),
      thread: (id) => call('thread', () => ({ id: known(id) && id, agent_id: AGENT.id }) as never),
      messages: (id) => call('messages', () => structuredClone(ofThread(id))),
      listRuns: ({ threadId } = {}) =>
        call(
          'listRuns',
          () =>
            ({
              data: known(threadId ?? '')
                .map(about)
                .reverse(),
            }) as never,
        ),
      events: (id) => call('events', () => [...(this.runs.find((run) => run.id === id)?.frames ?? [])]),
      updateMessage: ({ messageId }, change) =>
        call('updateMessage', () => this.patches.push({ messageId, change }) as never),
      createRun: (say) =>
        call('createRun', () => {
          const { id: run_id, threadId: thread_id } = this.#start(say);
          return { run_id, thread_id, task_id: run_id, message_id: say.messageId ?? '' };
        }),
      async cancel(id) {
        await call('cancel', () => server.runs.find((run) => run.id === id)?.end('run.cancelled', 'cancelled'));
      },
      async *send(say, options) {
        yield* (await call('send', () => server.#start(say))).read(undefined, options);
      },
      async *follow(id, cursor, options) {
        server.cursors.push(cursor);
        yield* (await call('follow', () => server.runs.find((run) => run.id === id) as ScriptedRun)).read(
          cursor,
          options,
        );
      },
    };
    return client as Client;
  }
}

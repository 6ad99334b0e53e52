import {
  ClewError,
  type Message,
  type Part,
  type Run,
  type RunEvent,
  type Scope,
  textOf,
  usageIn,
} from '../model/index.ts';
import type { Clock, Quota, Store } from '../ports/index.ts';
import { type Circles, circlesOf, DAY, MINUTE, rate } from './circles.ts';

/** What one person, one address or all together may do. Null: there is no end to it. */
export interface RunCeilings {
  readonly runsPerMinute: number | null;
  readonly openRuns: number | null;
  readonly threadsPerDay: number | null;
}

/** How much may come in by a channel; `config` documents each. */
export interface RunLimits extends Circles<RunCeilings> {
  readonly messageCharacters: number | null;
  readonly tokensPerDay: number | null;
  readonly moneyPerDay: number | null;
}

export interface AdmissionOptions {
  readonly store: Pick<Store, 'takeQuotas' | 'returnQuotas' | 'readMilestones'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Undefined: a channel without limits. */
  readonly limitsOf: (channel: string) => RunLimits | undefined;
  readonly isPaused: (channel: string) => Promise<boolean>;
}

/** What somebody wants to say. */
export interface Wish {
  readonly messages: readonly Pick<Message, 'parts'>[];
  /** Whether a thread is made for it. */
  readonly makesThread: boolean;
}

/** Lets work in, or refuses it. Scopes without a channel are let in always, and not counted. */
export interface Admission {
  /**
   * Counts a run, which is open until `left` or `release` is told its id. Throws `channel_paused`, `message_too_long`, `rate_limited` or `budget_exhausted`; then nothing was
   * counted.
   */
  admitRun(scope: Scope, runId: string, wish: Wish): Promise<void>;
  /** Whether a message that is changed may be so. Nothing is counted. Throws `channel_paused` or `message_too_long`. */
  admitChange(scope: Scope, parts: readonly Part[]): Promise<void>;
  /** Counts a thread that is made without a run. Throws `channel_paused` or `rate_limited`. */
  admitThread(scope: Scope): Promise<void>;
  /** What was admitted under one id went on under another: a message that turned out to be an answer. */
  move(scope: Scope, from: string, to: string): Promise<void>;
  /** The run is not open any more. */
  release(runId: string): Promise<void>;
  /** Takes back one `admitRun` that led to nothing, for a run that may be open without it. */
  takeBack(scope: Scope, runId: string): Promise<void>;
  /** A worker is done with the run: it has ended, or waits for an answer. What it has used since it was begun or answered counts. */
  left(run: Run): Promise<void>;
}

/** Under which name a run keeps its channel among its options. */
export const CHANNEL_OPTION = 'channel';

/** Longest message of a visitor where the channel does not say. */
const VISITOR_CHARACTERS = 32_000;
const DAY_MS = 86_400_000;
/** A run that nobody has said to have left (its node died, and it was deleted) counts as open no longer than this. */
const OPEN_MS = 900_000;
const OPEN_AGAIN_SECONDS = 5;
const PAUSE_AGAIN_SECONDS = 30;

export function createAdmission({ store, clock, limitsOf, isPaused }: AdmissionOptions): Admission {
  async function take(quotas: readonly Quota[], at: number): Promise<void> {
    if (quotas.length === 0) return;
    const full = await store.takeQuotas(quotas, at);
    if (full) throw refusal(full, at);
  }

  async function limitsFor({ channel }: Scope): Promise<RunLimits | undefined> {
    if (channel === undefined) return undefined;
    if (await isPaused(channel)) {
      throw new ClewError('channel_paused', undefined, { retryAfterSeconds: PAUSE_AGAIN_SECONDS });
    }
    return limitsOf(channel);
  }

  return {
    async admitRun(scope, runId, { messages, makesThread }) {
      const limits = await limitsFor(scope);
      if (!limits) return;
      checkLength(messages, longest(scope, limits));
      const at = clock.now();
      const quotas = circlesOf(scope, limits).flatMap(({ name, ceilings }) => [
        ...rate(`runs ${name}`, { limit: ceilings.runsPerMinute, window: MINUTE, at }),
        ...open(name, { limit: ceilings.openRuns, runId, at }),
        ...(makesThread ? rate(`threads ${name}`, { limit: ceilings.threadsPerDay, window: DAY, at }) : []),
      ]);
      await take([...quotas, ...spent(scope.channel as string, { limits, at, tokens: 0, money: 0 })], at);
    },

    async admitChange(scope, parts) {
      const limits = await limitsFor(scope);
      if (limits) checkLength([{ parts }], longest(scope, limits));
    },

    async admitThread(scope) {
      const limits = await limitsFor(scope);
      if (!limits) return;
      const at = clock.now();
      const quotas = circlesOf(scope, limits).flatMap(({ name, ceilings }) =>
        rate(`threads ${name}`, { limit: ceilings.threadsPerDay, window: DAY, at }),
      );
      await take(quotas, at);
    },

    async move(scope, from, to) {
      await store.returnQuotas(from);
      await store.takeQuotas(opened(scope, to, 1), clock.now());
    },

    release: (runId) => store.returnQuotas(runId),

    async takeBack(scope, runId) {
      const quotas = opened(scope, runId, -1);
      if (quotas.length > 0) await store.takeQuotas(quotas, clock.now());
    },

    async left(run) {
      const channel = run.options[CHANNEL_OPTION];
      const limits = typeof channel === 'string' ? limitsOf(channel) : undefined;
      if (!limits) return;
      await store.returnQuotas(run.id);
      if (limits.tokensPerDay === null && limits.moneyPerDay === null) return;
      const { tenantId, userId, userName } = run;
      const log = await store.readMilestones({ tenantId, userId, userName, audience: 'operator' }, run.id);
      const at = clock.now();
      const quotas = spent(channel as string, { limits, at, ...usedSince(log) });
      await store.takeQuotas(
        quotas.map((quota) => ({ ...quota, limit: null })),
        at,
      );
    },
  };

  /** What `admitRun` counts as open, without its limits. */
  function opened(scope: Scope, runId: string, amount: number): Quota[] {
    const limits = scope.channel === undefined ? undefined : limitsOf(scope.channel);
    if (!limits) return [];
    return circlesOf(scope, limits).flatMap(({ name, ceilings }) =>
      open(name, { limit: ceilings.openRuns, runId, at: clock.now() }).map((quota) => ({
        ...quota,
        amount,
        limit: null,
      })),
    );
  }
}

function open(name: string, { limit, runId, at }: { limit: number | null; runId: string; at: number }): Quota[] {
  return limit === null ? [] : [{ key: `open ${name}`, slot: runId, amount: 1, limit, until: at + OPEN_MS }];
}

/** Budgets, with what was used of them: 0 only asks whether there is anything left. */
function spent(
  channel: string,
  { limits, at, tokens, money }: { limits: RunLimits; at: number; tokens: number; money: number },
): Quota[] {
  const until = at - (at % DAY_MS) + DAY_MS;
  const budget = (what: string, limit: number | null, amount: number): Quota[] =>
    limit === null ? [] : [{ key: `budget ${channel} ${what}`, slot: String(until), amount, limit, until }];
  return [...budget('tokens', limits.tokensPerDay, tokens), ...budget('money', limits.moneyPerDay, money)];
}

/** What the models of a run have used since it was begun, or answered the last time. */
function usedSince(log: readonly RunEvent[]): { tokens: number; money: number } {
  const from = log.findLastIndex(({ type }) => type === 'run.resumed');
  let tokens = 0;
  let money = 0;
  for (const event of log.slice(from + 1)) {
    if (event.type !== 'step.completed') continue;
    const usage = usageIn({ kind: event.data.kind ?? 'tool', output: event.data.output ?? null });
    tokens += (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0);
    money += usage?.cost ?? 0;
  }
  return { tokens, money };
}

function longest({ audience }: Scope, { messageCharacters }: RunLimits): number | null {
  return messageCharacters ?? (audience === 'visitor' ? VISITOR_CHARACTERS : null);
}

function checkLength(messages: Wish['messages'], most: number | null): void {
  if (most === null) return;
  const longest = Math.max(0, ...messages.map(({ parts }) => charactersOf(parts)));
  if (longest <= most) return;
  const shown = most.toLocaleString('en-US');
  throw new ClewError(
    'message_too_long',
    `The message is longer than the ${shown} characters that this channel allows.`,
  );
}

function charactersOf(parts: readonly Part[]): number {
  return textOf(parts).length;
}

function refusal({ key, freeAt }: { key: string; freeAt: number | null }, at: number): ClewError {
  const seconds = freeAt === null ? OPEN_AGAIN_SECONDS : Math.max(1, Math.ceil((freeAt - at) / 1_000));
  if (key.startsWith('budget ')) return new ClewError('budget_exhausted', undefined, { retryAfterSeconds: seconds });
  if (key.startsWith('open ')) {
    return new ClewError('rate_limited', 'Wait until an answer is complete, then send the message again.', {
      retryAfterSeconds: OPEN_AGAIN_SECONDS,
    });
  }
  const what = key.startsWith('threads ') ? 'conversations were begun' : 'messages came in';
  return new ClewError('rate_limited', `Too many ${what} for now. Try again after the time in \`Retry-After\`.`, {
    retryAfterSeconds: seconds,
  });
}

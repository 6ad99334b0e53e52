import { AgentError, ERRORS, type Json, type Run, type RunState } from '../model/index.ts';
import type { Clock, Store } from '../ports/index.ts';
import { FactRepetition } from './replay.ts';
import type { RunLog } from './run-log.ts';

/** Largest state of a thread, in characters of JSON: each change of it is an event. */
const MOST_STATE = 262_144;

/** What `StateNote` needs. */
export interface StateNoteOptions {
  readonly log: RunLog;
  readonly clock: Clock;
  /** What earlier attempts put into the log. */
  readonly logged: Pick<RunState, 'stateRead' | 'stateUpdates'>;
  /** Reads the thread's state as it is now. */
  readonly find: () => Promise<Json | undefined>;
}

/**
 * The thread's state as one run sees it. What it found at the first look is noted in the log, so that a run that is entered again finds the same, and not
 * what it left itself.
 */
export class StateNote {
  readonly #options: StateNoteOptions;
  readonly #updates: FactRepetition;
  /** As JSON: what an agent does to the value it got changes nothing. */
  #known: Promise<string | undefined> | undefined;

  constructor(options: StateNoteOptions) {
    this.#options = options;
    this.#updates = new FactRepetition(options.logged.stateUpdates);
  }

  async read(): Promise<Json | undefined> {
    this.#known ??= this.#look();
    const text = await this.#known;
    return text === undefined ? undefined : JSON.parse(text);
  }

  async write(state: Json): Promise<void> {
    // An agent in JavaScript may hand over anything: functions and undefined have no JSON.
    const text = JSON.stringify(state) as string | undefined;
    if (text === undefined) throw new TypeError('A state is any value that JSON has: null stands for nothing.');
    if (text.length > MOST_STATE)
      throw new RangeError(`A state has at most ${MOST_STATE} characters as JSON: this one has ${text.length}.`);
    this.#known = Promise.resolve(text);
    const { log, clock } = this.#options;
    if (this.#updates.isNew(text))
      await log.fact({ type: 'state.updated', at: clock.now(), data: { state: JSON.parse(text) } });
  }

  async #look(): Promise<string | undefined> {
    const { log, clock, logged, find } = this.#options;
    const state = logged.stateRead ? logged.stateRead.state : await find();
    if (!logged.stateRead)
      await log.fact({ type: 'state.read', at: clock.now(), data: state === undefined ? {} : { state } });
    return state === undefined ? undefined : JSON.stringify(state);
  }
}

/**
 * The state of the run's thread now: as agents left it here, else as it reads where a client keeps it. Rejects with the `AgentError` `state_unavailable` when it
 * cannot be read there.
 */
export async function findState(
  { store, fetchJson }: { store: Store; fetchJson?: ((url: string) => Promise<Json>) | undefined },
  { tenantId, userId, userName, threadId }: Run,
): Promise<Json | undefined> {
  // An operator may have started the run in somebody else's thread.
  const kept = await store.readThreadState({ tenantId, userId, userName, audience: 'operator' }, threadId);
  if (!kept?.source || kept.value !== undefined) return kept?.value;
  try {
    if (fetchJson) return await fetchJson(kept.source);
  } catch {
    // Why is of no use to an agent, and says something about this network to whoever named the address.
  }
  throw new AgentError('state_unavailable', ERRORS.state_unavailable);
}

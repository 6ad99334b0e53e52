import { ClewError, type Message } from '../model/index.ts';
import type { ClaimRequest, Lease } from '../ports/index.ts';
import { createDrain, type Drain } from './drain.ts';
import { Abandoned, executeRun } from './execute-run.ts';
import { createGate } from './gate.ts';
import type { Working } from './surroundings.ts';
import { within } from './within.ts';

/** How often questions that are over are looked for: a quarter of what they may take, within these bounds. Those with an end of their own are so late at most. */
const MIN_ROUND_MS = 100;
const MAX_ROUND_MS = 5_000;
const APART_MS = 3_000;

interface Active {
  readonly lease: Lease;
  readonly controller: AbortController;
  readonly done: Promise<void>;
  /** When the lease was last known to be held: milliseconds since 1970. */
  heldAt: number;
}

/** Works on runs: those it is handed, and those it finds in the queue. */
export interface Worker {
  /** How many runs it works on. */
  active(): number;
  /** How fast this node takes runs from the queue. */
  readonly drain: Drain;
  /** A claim to go with a new run, if there is room for it and nobody is known to queue. The room is kept until `take` or `pass`. */
  reserve(): ClaimRequest | null;
  /** Begins to work on a run claimed with a reservation. */
  take(lease: Lease, inputs: readonly Message[]): void;
  /** Gives a reservation back. */
  pass(): void;
  start(): void;
  /** No more claims; waits up to `graceMs` for runs to end, then abandons and releases the rest. */
  stop(graceMs: number): Promise<void>;
}

/** One per node and start; `id` tells its leases from those of an earlier life. */
export function createWorker(surroundings: Omit<Working, 'gate'>, id: string): Worker {
  const around: Working = { ...surroundings, gate: createGate(surroundings.settings.apartMs ?? APART_MS) };
  const { store, notifier, clock, settings, meter, onDefect } = around;
  const active = new Map<string, Active>();
  const claim: ClaimRequest = { worker: id, ttlMs: settings.leaseMs };
  const drain = createDrain();
  let reserved = 0;
  let state: 'new' | 'started' | 'stopping' = 'new';
  let claiming = false;
  let rangWhileClaiming = false;
  let stopListening = () => {};
  /** Set while `stop` waits for claims under way: what they claim is released too. */
  let whenNothingComes: (() => void) | undefined;
  const timers: ReturnType<typeof setInterval>[] = [];

  const hasRoom = () => active.size + reserved < settings.concurrency;

  function begin(lease: Lease, inputs?: readonly Message[]): void {
    const controller = new AbortController();
    const { id: runId } = lease.run;
    const stopListening = notifier.listen(`cancel:${runId}`, () => void renew([lease]));
    const done = executeRun(around, { lease, controller, ...(inputs ? { inputs } : {}) }).then((outcome) => {
      stopListening();
      if (outcome === 'unwritten') unwritten.add(lease);
      else if (controller.signal.reason instanceof Abandoned && controller.signal.reason.why === 'lost')
        meter.lostLease();
      // A run that was answered at once may be here again already, under its next epoch.
      if (state !== 'stopping' && active.get(runId) === entry) active.delete(runId);
      if (queueMayHaveMore) void claimMore();
    });
    const entry: Active = { lease, controller, done, heldAt: clock.now() };
    active.set(runId, entry);
  }

  /** Whether the store still owes an answer to the last attempt to prolong leases, or failed to give one. */
  let unanswered = false;
  /** Set when the queue was left because there was no room. */
  let queueMayHaveMore = false;
  /** Runs whose log could not be written any more (a full disk): given back as soon as something can be written. */
  const unwritten = new Set<Lease>();

  async function claimMore(): Promise<void> {
    if (claiming) {
      rangWhileClaiming = true;
      return;
    }
    claiming = true;
    try {
      do {
        rangWhileClaiming = false;
        while (state === 'started' && hasRoom()) {
          const lease = await claimOne();
          if (!lease) break;
          notifier.notify(`run:${lease.run.id}`);
        }
        queueMayHaveMore = !hasRoom();
      } while (rangWhileClaiming);
    } catch (error) {
      onDefect(error, {});
    } finally {
      claiming = false;
      settleClaims();
    }
  }

  /** Begins with the next run of the queue, if there is one. The room for it is kept while it is asked for. */
  async function claimOne(): Promise<Lease | undefined> {
    reserved += 1;
    try {
      const agents = around.agents.list().map(({ id }) => id);
      const lease = await store.claimRun({ ...claim, agents }, clock.now());
      if (lease) {
        drain.took(clock.now());
        meter.claimed('queued');
        begin(lease);
      }
      return lease;
    } finally {
      reserved -= 1;
    }
  }

  function settleClaims(): void {
    if (!claiming && reserved === 0) whenNothingComes?.();
  }

  async function giveBack(): Promise<void> {
    if (unwritten.size === 0) return;
    const leases = [...unwritten];
    try {
      await store.release(leases);
      for (const lease of leases) unwritten.delete(lease);
    } catch (error) {
      onDefect(error, {});
    }
  }

  /** Ends questions that nobody answered in time. What a restart interrupted, the next round finds, here or on another node. */
  async function expireWaits(waitMs: number): Promise<void> {
    const at = clock.now();
    const { code, message } = new ClewError('answer_timeout');
    try {
      const expired = await store.expireWaits(waitMs > 0 ? at - waitMs : null, {
        type: 'run.failed',
        at,
        data: { error: { code, message } },
      });
      for (const { runId } of expired) notifier.notify(`run:${runId}`);
      // Those that go on, and those whose thread has another one that may begin now.
      if (expired.length > 0) notifier.notify('queue');
    } catch (error) {
      onDefect(error, {});
    }
  }

  /** Prolongs leases and, by the way, hears what the bell may have missed. */
  async function renew(leases: readonly Lease[]): Promise<void> {
    if (leases.length === 0) return;
    const at = clock.now();
    try {
      unanswered = true;
      const { lost, cancelled } = await store.renew(leases, at);
      unanswered = false;
      const gone = new Set(lost);
      const unwanted = new Set(cancelled);
      for (const { run, epoch } of leases) {
        const entry = active.get(run.id);
        // It may have been claimed anew meanwhile: what holds of an old lease says nothing of that.
        if (entry?.lease.epoch !== epoch) continue;
        if (gone.has(run.id)) entry.controller.abort(new Abandoned('lost'));
        else entry.heldAt = at;
        if (unwanted.has(run.id)) entry.controller.abort(new Abandoned('cancel'));
      }
    } catch (error) {
      onDefect(error, {});
    }
  }

  /**
   * Lets go of runs whose lease has run out while the store was asked to prolong it and did not answer: this node is cut off, and another one works on them by now.
   * What it would write is refused anyway; this ends what it does elsewhere. Rejected: to go by the clock alone, which would break off everything after a
   * laptop's sleep; who was frozen learns from the next answer what it has lost.
   */
  function letGo(): void {
    if (!unanswered) return;
    const lapsed = clock.now() - settings.leaseMs;
    for (const { heldAt, controller } of active.values())
      if (heldAt <= lapsed) controller.abort(new Abandoned('lapsed'));
  }

  function abandonAll(): void {
    for (const { controller } of active.values()) controller.abort(new Abandoned('shutdown'));
  }

  return {
    active: () => active.size,
    drain,
    reserve() {
      // Whoever comes while others are queued has to queue, too: else the queue would never have its turn.
      if (state !== 'started' || queueMayHaveMore || !hasRoom()) return null;
      reserved += 1;
      return claim;
    },
    take(lease, inputs) {
      reserved -= 1;
      meter.claimed('direct');
      begin(lease, inputs);
      settleClaims();
    },
    pass() {
      reserved -= 1;
      settleClaims();
    },
    start() {
      state = 'started';
      stopListening = notifier.listen('queue', () => void claimMore());
      const { waitMs = 0 } = settings;
      const round = () => void expireWaits(waitMs);
      const everyMs = waitMs > 0 ? Math.max(waitMs / 4, MIN_ROUND_MS) : MAX_ROUND_MS;
      timers.push(setInterval(round, Math.min(everyMs, MAX_ROUND_MS)));
      round();
      timers.push(
        setInterval(() => {
          letGo();
          void renew([...active.values()].map(({ lease }) => lease));
        }, settings.leaseMs / 3),
      );
      timers.push(setInterval(() => void giveBack().then(claimMore), settings.leaseMs / 2));
      void claimMore();
    },
    async stop(graceMs) {
      if (state === 'stopping') return;
      state = 'stopping';
      stopListening();
      clearInterval(timers.pop());
      const nothingComes = new Promise<void>((resolve) => {
        whenNothingComes = resolve;
      });
      settleClaims();
      const all = () => Promise.all([...active.values()].map(({ done }) => done));
      await within(graceMs, nothingComes.then(all));
      abandonAll();
      await nothingComes;
      // What was claimed only now.
      abandonAll();
      await all();
      for (const timer of timers) clearInterval(timer);
      const held = new Set([...unwritten, ...[...active.values()].map(({ lease }) => lease)]);
      // Leases that cannot be given back run out.
      await store.release([...held]).catch((error) => onDefect(error, {}));
      active.clear();
    },
  };
}

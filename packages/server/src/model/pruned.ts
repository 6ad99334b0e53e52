import type { EventOf, RunEvent } from './event.ts';

/**
 * What a pruned event was: `text` of a message, a whole `part`, a `citation`, which is a part that stands for itself in some wires, or text of a `step`.
 */
export type PrunedKind = 'text' | 'part' | 'citation' | 'step';

/** One event that was pruned: its place and time, and what it was. */
export interface PrunedEvent {
  readonly seq: number;
  readonly at: number;
  readonly kind: PrunedKind;
}

const LETTERS = { text: 't', part: 'p', citation: 'c', step: 's' } as const satisfies Record<PrunedKind, string>;
const KINDS = Object.fromEntries(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind])) as Record<
  string,
  PrunedKind
>;

/**
 * The events of a log that can be pruned, in stretches without a gap: deltas and parts of messages that are complete, and text of steps that are done. What they said
 * stands in `message.completed` and `step.completed`; whatever was cut off stays.
 */
export function prunable(log: readonly RunEvent[]): readonly (readonly RunEvent[])[] {
  const messages = new Set<string>();
  const steps = new Set<string>();
  for (const event of log) {
    if (event.type === 'message.completed') messages.add(event.data.message.id);
    if (event.type === 'step.completed') steps.add(event.data.stepId);
  }
  const stretches: RunEvent[][] = [];
  let open: RunEvent[] | undefined;
  for (const event of log) {
    const goes =
      ((event.type === 'message.delta' || event.type === 'message.part') && messages.has(event.data.messageId)) ||
      (event.type === 'step.delta' && steps.has(event.data.stepId));
    if (!goes) {
      open = undefined;
      continue;
    }
    if (!open) {
      open = [];
      stretches.push(open);
    }
    open.push(event);
  }
  return stretches;
}

/** What stands in the place of a stretch: one event at the place of its last, so that whoever reads on from the middle of it meets it. */
export function pruneMark(stretch: readonly RunEvent[]): EventOf<'log.pruned'> {
  const first = stretch[0] as RunEvent;
  const last = stretch.at(-1) as RunEvent;
  const times = stretch.map(({ at }, n) => at - (stretch[n - 1]?.at ?? 0));
  const kinds = stretch.map((event) => LETTERS[kindOf(event)]).join('');
  return { seq: last.seq, type: 'log.pruned', at: last.at, data: { from: first.seq, kinds, times } };
}

function kindOf(event: RunEvent): PrunedKind {
  if (event.type === 'step.delta') return 'step';
  if (event.type !== 'message.part') return 'text';
  return event.data.value.type === 'citation' ? 'citation' : 'part';
}

/** The events that a mark stands for, oldest first. */
export function prunedEvents({ data }: EventOf<'log.pruned'>): PrunedEvent[] {
  let at = 0;
  return data.times.map((passed, n) => {
    at += passed;
    return { seq: data.from + n, at, kind: KINDS[data.kinds[n] ?? ''] ?? 'step' };
  });
}

/** A mark as marks of one event each, so that a reader can stop between them; any other event as it is. */
export function unpacked(event: RunEvent): readonly RunEvent[] {
  if (event.type !== 'log.pruned') return [event];
  return prunedEvents(event).map(({ seq, at, kind }) => ({
    seq,
    type: 'log.pruned',
    at,
    data: { from: seq, kinds: LETTERS[kind], times: [at] },
  }));
}

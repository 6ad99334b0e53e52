import type { NewEvent } from './event.ts';

/** Characters that events hold, about: all of their text, and the JSON of what else they say. */
export function charactersOf(events: readonly NewEvent[]): number {
  let size = 0;
  for (const { type, data } of events)
    size += type === 'message.delta' || type === 'step.delta' ? data.text.length : JSON.stringify(data).length;
  return size;
}

/** Characters that a run says by events: what it says once, without the message that repeats it when it is complete. */
export function charactersSaid(events: readonly NewEvent[]): number {
  return charactersOf(events.filter(({ type }) => type !== 'message.completed'));
}

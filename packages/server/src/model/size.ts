import type { NewEvent } from './event.ts';

/** Characters that events hold, about: all of their text, and the JSON of what else they say. */
export function charactersOf(events: readonly NewEvent[]): number {
  let size = 0;
  for (const { type, data } of events)
    size += type === 'message.delta' || type === 'step.delta' ? data.text.length : JSON.stringify(data).length;
  return size;
}

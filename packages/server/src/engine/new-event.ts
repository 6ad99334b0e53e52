import type { EventData, NewEvent } from '../model/index.ts';

/** An event as it goes into the log. `at`: milliseconds since 1970-01-01 UTC. */
export function newEvent<T extends NewEvent['type']>(at: number, type: T, data: EventData[T]): NewEvent {
  // The compiler cannot tell that `data` belongs to `type` once both are parameters.
  return { type, at, data } as unknown as NewEvent;
}

import { EVENT_ALIASES, type EventData, type EventName, type EventOf } from './events.ts';

/** `instance` is the chat as its page knows it. */
export type Handler<N extends EventName = EventName> = (event: EventOf<N>, instance: unknown) => unknown;

/** The events of one chat. Handlers run in the order in which they were added, each awaited before the next. */
export interface EventBus {
  on<N extends EventName>(name: N, handler: Handler<N>): void;
  once<N extends EventName>(name: N, handler: Handler<N>): void;
  off<N extends EventName>(name: N, handler?: Handler<N>): void;
  /** Whether anybody listens: work for nobody can be left out. */
  has(name: EventName): boolean;
  /** Resolves with the event, as the handlers left it, when all of them are done. A handler that throws is reported to the console and passed over. */
  fire<N extends EventName>(name: N, data: EventData[N]): Promise<EventOf<N>>;
  /** Forgets all handlers. */
  clear(): void;
}

/** `instanceOf` gives what handlers get as their second argument. */
export function createBus(instanceOf: () => unknown): EventBus {
  const handlers = new Map<EventName, { handler: Handler; once: boolean }[]>();
  const nameOf = (name: string): EventName => EVENT_ALIASES[name] ?? (name as EventName);
  const add = (name: string, handler: Handler, once: boolean): void => {
    const key = nameOf(name);
    handlers.set(key, [...(handlers.get(key) ?? []), { handler, once }]);
  };
  const off: EventBus['off'] = (name, handler) => {
    const key = nameOf(name);
    const rest = handler ? (handlers.get(key) ?? []).filter((known) => known.handler !== (handler as unknown)) : [];
    if (rest.length > 0) handlers.set(key, rest);
    else handlers.delete(key);
  };
  return {
    on: (name, handler) => add(name, handler as unknown as Handler, false),
    once: (name, handler) => add(name, handler as unknown as Handler, true),
    off,
    has: (name) => handlers.has(name),
    async fire(name, data) {
      const event = { type: name, ...data };
      for (const { handler, once } of handlers.get(name) ?? []) {
        if (once) off(name, handler as never);
        try {
          await (handler as unknown as Handler<typeof name>)(event, instanceOf());
        } catch (error) {
          console.error(`[Clew] A handler of ${name} failed.`, error);
        }
      }
      return event;
    },
    clear: () => handlers.clear(),
  };
}

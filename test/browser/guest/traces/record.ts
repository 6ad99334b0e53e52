/** What a page can ask about what others did to it. */
export interface Traces {
  /** Listeners that would still be called, on what outlives a chat: `Window resize`. */
  listeners(): string[];
  /** Timers that will still run. */
  timers(): number;
}

/** Runs in the page before everything else: keeps account of listeners and timers. */
export function record(): void {
  interface Kept {
    readonly target: EventTarget;
    readonly type: string;
    readonly listener: unknown;
    readonly capture: boolean;
  }
  const kept = new Set<Kept>();
  const lasting = (target: EventTarget) =>
    !(target instanceof Node) || target === document || target === document.documentElement || target === document.body;
  const captures = (options: unknown) =>
    typeof options === 'object' ? Boolean((options as AddEventListenerOptions | null)?.capture) : Boolean(options);
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  const forget = (target: EventTarget, type: string, listener: unknown, capture: boolean) => {
    for (const one of kept)
      if (one.target === target && one.type === type && one.listener === listener && one.capture === capture)
        kept.delete(one);
  };
  EventTarget.prototype.addEventListener = function (this: EventTarget | undefined, type, listener, options) {
    const target = this ?? window;
    addEventListener.call(target, type, listener, options);
    const { signal, once } = (typeof options === 'object' && options) || {};
    if (!listener || !lasting(target) || target instanceof AbortSignal || signal?.aborted) return;
    const one = { target, type, listener, capture: captures(options) };
    kept.add(one);
    const drop = () => kept.delete(one);
    if (signal) addEventListener.call(signal, 'abort', drop);
    if (once) addEventListener.call(target, type, drop, { once: true });
  };
  EventTarget.prototype.removeEventListener = function (this: EventTarget | undefined, type, listener, options) {
    removeEventListener.call(this ?? window, type, listener, options);
    forget(this ?? window, type, listener, captures(options));
  };

  const running = new Set<number>();
  const { setTimeout, clearTimeout, setInterval, clearInterval } = window;
  window.setTimeout = ((run: () => void, ms?: number, ...all: unknown[]) => {
    const id = setTimeout(() => {
      running.delete(id);
      (run as (...values: unknown[]) => void)(...all);
    }, ms);
    running.add(id);
    return id;
  }) as typeof window.setTimeout;
  window.setInterval = ((run: () => void, ms?: number) => {
    const id = setInterval(run, ms);
    running.add(id);
    return id;
  }) as typeof window.setInterval;
  window.clearTimeout = (id) => {
    running.delete(id as number);
    clearTimeout(id);
  };
  window.clearInterval = (id) => {
    running.delete(id as number);
    clearInterval(id);
  };
  window.traces = {
    // Channels, sockets and the like go with what holds them.
    listeners: () =>
      [...kept]
        .filter(({ target }) =>
          /Window|Document|Element|Viewport|Media|Navigator|Network|Screen/.test(target.constructor.name),
        )
        .map(({ target, type }) => `${target.constructor.name} ${type}`),
    timers: () => running.size,
  };
}

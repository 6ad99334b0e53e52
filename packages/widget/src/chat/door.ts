/** What a page is called back with. */
export interface Hooks {
  /** Gets the instance once, before the chat is shown. */
  readonly onLoad?: ((instance: unknown) => unknown) | undefined;
  readonly onError?: ((error: Error) => unknown) | undefined;
  readonly authTokenNeeded?: ((event: never, instance: unknown) => unknown) | undefined;
}

/** A chat as the small script that opened it knows it. `instance` is what the page gets. */
export interface OpenedChat<Instance = unknown> {
  readonly instance: Instance;
  /** Whether it is on the page: neither destroyed nor taken off. */
  readonly alive: boolean;
  /** The reader pressed the launcher. */
  open(): void;
  destroy(): void;
}

import type { Engine } from '../../engine/engine.ts';

/** What the wire is made of. */
export interface AcpOptions {
  readonly engine: Engine;
  readonly info: {
    /** Address under which clients reach this server, without a slash at the end; known once it listens. Addresses of messages begin with it. */
    readonly publicUrl: () => string;
  };
  /**
   * Reads a message of another server's history as text. Rejects with a `ClewError` for an address that may not be read, or cannot be. Default: none is
   * read.
   */
  readonly fetchText?: (url: string) => Promise<string>;
  /** Told of an error that broke a stream after its status was sent, where http can no longer answer. Default: nobody is. */
  readonly onDefect?: (error: unknown, about: { readonly requestId: string }) => void;
}

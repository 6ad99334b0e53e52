import type { Engine } from '../../engine/engine.ts';
import type { TokenIssuer } from './tokens.ts';

/** What the wire is made of. */
export interface OrchestrateOptions {
  readonly engine: Engine;
  readonly tokens: TokenIssuer;
  readonly info: {
    /** Version of the server. */
    readonly version: string;
    /** The tenant of the installation, a UUID and its name. */
    readonly defaultTenant: { readonly id: string; readonly name: string };
  };
  /** Told of an error that broke a stream after its status was sent, where http can no longer answer. Default: nobody is. */
  readonly onDefect?: (error: unknown, about: { readonly requestId: string }) => void;
}

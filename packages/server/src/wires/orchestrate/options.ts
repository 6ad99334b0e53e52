import type { Engine } from '../../engine/engine.ts';
import type { ChannelDesk } from './channels.ts';
import type { FileDesk } from './files.ts';
import type { IdentityDesk } from './identity.ts';
import type { TokenIssuer } from './tokens.ts';

/** What the wire is made of. */
export interface OrchestrateOptions {
  readonly engine: Engine;
  readonly tokens: TokenIssuer;
  /** Absent: credentials cannot be had or administered over this wire. */
  readonly identity?: IdentityDesk;
  /** Absent: channels cannot be administered over this wire. */
  readonly channels?: ChannelDesk;
  /** Absent: files can be neither uploaded nor downloaded. */
  readonly files?: FileDesk;
  readonly info: {
    /** Version of the server. */
    readonly version: string;
    /** The tenant of the installation, a UUID and its name. */
    readonly defaultTenant: { readonly id: string; readonly name: string };
  };
  /** Told of an error that broke a stream after its status was sent, where http can no longer answer. Default: nobody is. */
  readonly onDefect?: (error: unknown, about: { readonly requestId: string }) => void;
}

import type { Engine } from '../../engine/engine.ts';
import type { ApprovalDesk } from './approvals.ts';
import type { ChannelDesk } from './channels.ts';
import type { ErasureDesk } from './erasures.ts';
import type { FileDesk } from './files.ts';
import type { IdentityDesk } from './identity.ts';
import type { TokenIssuer } from './tokens.ts';
import type { WebhookDesk } from './webhooks.ts';

/** What the wire is made of. */
export interface OrchestrateOptions {
  readonly engine: Engine;
  /** Asked whether new requests should go to another server. Absent: never. */
  readonly readiness?: { readonly draining: boolean; asked(): void };
  readonly tokens: TokenIssuer;
  /** Whether some channel trusts whoever reaches the server. Default false. */
  readonly anyOpen?: boolean;
  /** Absent: credentials cannot be had or administered over this wire. */
  readonly identity?: IdentityDesk;
  /** Absent: channels cannot be administered over this wire. */
  readonly channels?: ChannelDesk;
  /** Absent: webhooks cannot be administered over this wire. */
  readonly webhooks?: WebhookDesk;
  /** Absent: links under which people approve cannot be had over this wire. */
  readonly approvals?: ApprovalDesk;
  /** Absent: nobody can be erased over this wire. */
  readonly erasures?: ErasureDesk;
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

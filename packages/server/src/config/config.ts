import type { ChannelConfig } from './channel.ts';
import type { ModelProvider } from './model-provider.ts';
import type { WebhookConfig } from './webhook.ts';

/** Everything that can be set, frozen. `docs/config.md` describes each; a test compares the two. */
export interface Config {
  /** Absolute path of the project folder. */
  readonly project: string;
  readonly server: {
    /** Default 127.0.0.1. */
    readonly host: string;
    /** Default 4321; 0 takes a free one. */
    readonly port: number;
    /** Address under which clients reach the server, without a slash at the end. Null: derived from host and port. */
    readonly publicUrl: string | null;
    /** What this process does: `api` answers clients, `worker` works on runs, `all` does both. Default `all`. */
    readonly role: 'all' | 'api' | 'worker';
    /** How long `/health` says `draining`, while the server goes on as before, after SIGTERM. Default 3,000 ms. */
    readonly drainMs: number;
    /** How long runs that are worked on may go on after that. Default 5,000 ms. */
    readonly graceMs: number;
    /** Whether an open channel may be reached from other machines. Default false. */
    readonly allowOpen: boolean;
    /** Further names of this server, with commas between them, that open channels are asked under; null: none. */
    readonly hosts: string | null;
    /** Addresses and networks of proxies, with commas between them, whose `X-Forwarded-For` is believed; null: none. */
    readonly trustedProxies: string | null;
  };
  readonly storage: {
    /** Absolute path of the SQLite file; default `.clew/clew.db` in the project. `:memory:` keeps nothing. */
    readonly file: string;
    /** SQLite's `synchronous`: NORMAL survives a crash of the process, FULL also one of the machine. */
    readonly synchronous: 'normal' | 'full';
    /** Address of a PostgreSQL database to use instead, with its password; null: SQLite. */
    readonly url: string | null;
    /** Address of that database without a pooler in between, for the connection that listens; null: `url`. */
    readonly directUrl: string | null;
    /** Most connections to PostgreSQL, beside the one that listens. Default 10. */
    readonly connections: number;
    /** Whether statements are prepared by name. Default true. */
    readonly prepare: boolean;
  };
  readonly engine: {
    /** A worker that is silent this long is taken for dead. Default 10,000 ms. */
    readonly leaseMs: number;
    /** Runs worked on at once on this node; more wait in the queue. Default 2,000. */
    readonly concurrency: number;
    /** Most runs that may be queued, on all nodes together. Default 10,000. */
    readonly queue: number;
    /** Most of the queue that one of several channels may take, in percent. Default 50. */
    readonly queueShare: number;
    /** What becomes of a second message while the first is being answered, where the agent does not say. Default `enqueue`. */
    readonly doubleTexting: 'enqueue' | 'interrupt' | 'reject';
    /** Deltas are joined for this long … Default 40 ms; 0 joins only what is said in one turn of the event loop. */
    readonly coalesceMs: number;
    /** … or until they are this large. Default 2,048 bytes. */
    readonly coalesceBytes: number;
    /** A question that nobody answers for this long fails its run. Default 86,400,000 ms (a day); 0: it may wait for ever. */
    readonly waitMs: number;
    /** A run that was lost so often while it was worked on apart from others fails. Default 3; 0: no end. */
    readonly attempts: number;
    /** Most characters that a run may say, its steps included. Default 33,554,432. */
    readonly runCharacters: number;
  };
  readonly limits: {
    /** Largest request body. Default 1,048,576 (1 MiB). */
    readonly bodyBytes: number;
    /** Largest uploaded file. Default 20,971,520 (20 MiB). */
    readonly uploadBytes: number;
    /** The same for spreadsheets. Default 1,048,576 (1 MiB). */
    readonly spreadsheetBytes: number;
    /** Most files of one upload. Default 10. */
    readonly uploadFiles: number;
    /** Most connections at once. Default 20,000. */
    readonly connections: number;
    /** Largest head of a request: its address and all headers. Default 16,384 bytes. */
    readonly headerBytes: number;
    /** The head of a request must have arrived by then. Default 20,000 ms. */
    readonly headersMs: number;
    /** A whole request must have arrived by then, its body included. Default 60,000 ms. */
    readonly requestMs: number;
  };
  readonly files: {
    /** Where uploaded files are: in `folder`, or in a bucket. Default `disk`. */
    readonly store: 'disk' | 's3';
    /** Absolute path of the folder of uploaded files; null: `files` beside the SQLite file. */
    readonly folder: string | null;
    /** Name of the bucket; not null with `s3`. */
    readonly bucket: string | null;
    /** Region of the bucket. Default `us-east-1`. */
    readonly region: string;
    /** Address of the service, without a slash at the end; null: Amazon's in the region. */
    readonly endpoint: string | null;
    /** Where the bucket's name stands in addresses: in the path, or before the host. Default `path`. */
    readonly addressing: 'path' | 'host';
    /** Beginning of the names of all objects; null: none. */
    readonly prefix: string | null;
    /** Media types that are taken, with commas between them. */
    readonly types: string;
    /** How long the address of a file is good. Default 86,400 s. */
    readonly linkSeconds: number;
  };
  readonly knowledge: {
    /** Model that embeds documents, `provider/model`, for search by meaning; null: search is by words. */
    readonly embeddings: string | null;
  };
  readonly auth: {
    /** How long a local token is valid. Default 86,400 s. */
    readonly tokenSeconds: number;
  };
  /** How long what is kept, in milliseconds; null: for ever. */
  readonly retention: {
    /** Conversations, from the last time that somebody spoke in them. */
    readonly threads: number | null;
    /** The same for those of anonymous visitors; null: as `threads`. */
    readonly visitorThreads: number | null;
    /** The pieces of answers, from the end of their run. */
    readonly deltas: number | null;
    /** Logs as they were written, from the end of their run: then they are archived. */
    readonly archive: number | null;
    /** Uploaded files, from their upload; null: as long as their conversation. */
    readonly files: number | null;
    /** Receipts of erasures. */
    readonly receipts: number | null;
  };
  /** A port on which ACP is served alone, beside the server's own; null: none. 0 takes a free one. */
  readonly acpPort: number | null;
  /** Hosts from which histories of ACP sessions are read, with commas between them; null: none. */
  readonly acpHistoryHosts: string | null;
  /** Name of the agent that answers when a client names none; null: the first that is not hidden. */
  readonly defaultAgent: string | null;
  /** Whether a person is asked before a tool of this permission is called, where the tool does not say. Default `ask`. */
  readonly approvals: {
    readonly writeOnly: 'ask' | 'allow';
    readonly readWrite: 'ask' | 'allow';
    readonly admin: 'ask' | 'allow';
    /** How long a person may take to decide, where neither the tool nor the agent says so. Default 0: as long as any question, `engine.waitMs`. */
    readonly expireMs: number;
    /** What becomes of calls that nobody decided in time: they are refused, or the run fails. Default `reject`. */
    readonly onExpiry: 'reject' | 'fail';
  };
  /** The Python that runs `tools/*.py`; null: `.venv` of the project, else `python3`. */
  readonly python: string | null;
  /** Providers of models by name: those that Clew knows and those of the file. */
  readonly models: Readonly<Record<string, ModelProvider>>;
  /** Ways in, by name; without any in the file, `default`, which is open. */
  readonly channels: Readonly<Record<string, ChannelConfig>>;
  /** Who is told of what happens; none by default. */
  readonly webhooks: readonly WebhookConfig[];
  readonly log: {
    /** Default `info`. */
    readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
    /** `pretty` for people, `json` for machines. Default: pretty on a terminal. */
    readonly format: 'pretty' | 'json';
  };
}

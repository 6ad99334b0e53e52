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
    /** How long runs that are worked on may go on after SIGTERM. Default 5,000 ms. */
    readonly graceMs: number;
  };
  readonly storage: {
    /** Absolute path of the SQLite file; default `.clew/clew.db` in the project. `:memory:` keeps nothing. */
    readonly file: string;
    /** SQLite's `synchronous`: NORMAL survives a crash of the process, FULL also one of the machine. */
    readonly synchronous: 'normal' | 'full';
  };
  readonly engine: {
    /** A worker that is silent this long is taken for dead. Default 15,000 ms. */
    readonly leaseMs: number;
    /** Runs worked on at once on this node; more wait in the queue. Default 2,000. */
    readonly concurrency: number;
    /** Deltas are joined for this long … Default 40 ms; 0 joins only what is said in one turn of the event loop. */
    readonly coalesceMs: number;
    /** … or until they are this large. Default 2,048 bytes. */
    readonly coalesceBytes: number;
    /** A question that nobody answers for this long fails its run. Default 86,400,000 ms (a day); 0: it may wait for ever. */
    readonly waitMs: number;
  };
  readonly limits: {
    /** Largest request body. Default 1,048,576 (1 MiB). */
    readonly bodyBytes: number;
  };
  readonly auth: {
    /** How long a local token is valid. Default 86,400 s. */
    readonly tokenSeconds: number;
  };
  /** A port on which ACP is served alone, beside the server's own; null: none. 0 takes a free one. */
  readonly acpPort: number | null;
  /** Hosts from which histories of ACP sessions are read, with commas between them; null: none. */
  readonly acpHistoryHosts: string | null;
  /** Name of the agent that answers when a client names none; null: the first that is not hidden. */
  readonly defaultAgent: string | null;
  readonly log: {
    /** Default `info`. */
    readonly level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
    /** `pretty` for people, `json` for machines. Default: pretty on a terminal. */
    readonly format: 'pretty' | 'json';
  };
}

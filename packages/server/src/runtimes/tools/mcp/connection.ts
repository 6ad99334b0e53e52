import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Tool as McpTool, Transport } from '@modelcontextprotocol/client';
import type { McpServer } from './server.ts';

/** How long a server may take until it can be spoken to, and to say which tools it has. */
const CONNECT_MS = 30_000;

/** Waits after a failure: the first, and the longest. Each is twice the one before. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/** How much of what a process prints on its standard error is kept for the log. */
const MOST_PRINTED = 2_000;

export interface ConnectionOptions {
  /** Told, for the log, of connections that failed or broke. Default: nobody is. */
  readonly onTrouble?: (trouble: {
    readonly toolkit: string;
    readonly err: unknown;
    readonly printed?: string;
  }) => void;
}

/** A connection to an MCP server: made at the first use, made again after it broke, with growing pauses between failures. */
export class Connection {
  readonly #server: McpServer;
  readonly #onTrouble: NonNullable<ConnectionOptions['onTrouble']>;
  readonly #closing = new AbortController();
  #client: Promise<Client> | undefined;
  #tools: Promise<readonly McpTool[]> | undefined;
  #failures = 0;
  #failedAt = 0;
  #printed = '';

  constructor(server: McpServer, { onTrouble = () => {} }: ConnectionOptions) {
    this.#server = server;
    this.#onTrouble = onTrouble;
  }

  /** Connected; rejects with what broke. */
  client(): Promise<Client> {
    this.#closing.signal.throwIfAborted();
    if (this.#client) return this.#client;
    const opening = this.#connect();
    this.#client = opening;
    opening.catch(() => {
      if (this.#client === opening) this.#client = undefined;
    });
    return opening;
  }

  /** The server's tools, asked for once and again after it said that they changed. */
  async tools(): Promise<readonly McpTool[]> {
    const client = await this.client();
    this.#tools ??= this.#list(client);
    return this.#tools;
  }

  /** Takes note that a call worked: the next failure is the first. */
  worked(): void {
    this.#failures = 0;
  }

  /** Lets go of a connection that no longer works: the next use makes another. `broken`: only if it is this one. */
  async drop(broken?: Client): Promise<void> {
    const open = this.#client;
    const client = await open?.catch(() => undefined);
    if (broken !== undefined && client !== broken) return;
    if (this.#client === open) {
      this.#client = undefined;
      this.#tools = undefined;
    }
    await client?.close().catch(() => {});
  }

  /** Closes it for good, and ends its process. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The toolkit was closed.'));
    await this.drop();
  }

  async #list(client: Client): Promise<readonly McpTool[]> {
    try {
      return (await client.listTools(undefined, { timeout: CONNECT_MS, cacheMode: 'refresh' })).tools;
    } catch (error) {
      this.#tools = undefined;
      throw error;
    }
  }

  async #connect(): Promise<Client> {
    await this.#wait();
    const { Client } = await import('@modelcontextprotocol/client');
    const { signal } = this.#closing;
    const client: Client = new Client(
      { name: 'clew', version: '1' },
      {
        // Over stdio the probe for the newer protocol costs a second process; servers speak the older one, too.
        ...(this.#server.reach.by === 'http' ? { versionNegotiation: { mode: 'auto' } } : {}),
        listChanged: { tools: { autoRefresh: false, onChanged: () => this.#forget(client) } },
      },
    );
    client.onclose = () => this.#broke(client);
    try {
      await client.connect(await this.#transport(), { signal, timeout: CONNECT_MS });
      signal.throwIfAborted();
      return client;
    } catch (error) {
      this.#failed(error);
      // A process may have begun to run.
      await client.close().catch(() => {});
      throw error;
    }
  }

  async #transport(): Promise<Transport> {
    const { reach } = this.#server;
    if (reach.by === 'http') {
      const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
      const requestInit = { headers: { ...reach.headers }, redirect: 'manual' } as const;
      return new StreamableHTTPClientTransport(new URL(reach.url), { requestInit });
    }
    const { StdioClientTransport, getDefaultEnvironment } = await import('@modelcontextprotocol/client/stdio');
    const { command, args, env, folder } = reach;
    this.#printed = '';
    const transport = new StdioClientTransport({
      command,
      args: [...args],
      env: { ...getDefaultEnvironment(), ...env },
      cwd: folder,
      stderr: 'pipe',
    });
    transport.stderr?.on('data', (chunk: Buffer) => {
      this.#printed = (this.#printed + chunk.toString('utf8')).slice(-MOST_PRINTED);
    });
    return transport;
  }

  async #wait(): Promise<void> {
    if (this.#failures === 0) return;
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
    const left = this.#failedAt + pause - performance.now();
    if (left > 0) await sleep(left, undefined, { signal: this.#closing.signal });
  }

  #failed(err: unknown): void {
    if (this.#closing.signal.aborted) return;
    this.#failures += 1;
    this.#failedAt = performance.now();
    const printed = this.#printed.trim();
    this.#onTrouble({ toolkit: this.#server.name, err, ...(printed === '' ? {} : { printed }) });
  }

  /** The server went away. */
  #broke(client: Client): void {
    const open = this.#client;
    void open?.then(
      (current) => {
        if (current !== client || this.#client !== open) return;
        this.#client = undefined;
        this.#tools = undefined;
        this.#failed(new Error('The server closed the connection.'));
      },
      () => {},
    );
  }

  #forget(client: Client): void {
    const open = this.#client;
    void open?.then(
      (current) => {
        if (current === client) this.#tools = undefined;
      },
      () => {},
    );
  }
}

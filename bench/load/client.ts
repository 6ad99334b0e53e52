import { connect, type Socket } from 'node:net';

/**
 * A keep-alive connection that sends one request at a time and reads the answer with as little work as possible, so that what is measured is the
 * server: `node:http` as a client would cost more than the servers measured here.
 */
export class Connection {
  readonly #socket: Socket;
  #onData: ((chunk: Buffer) => void) | undefined;
  #onClose: ((error: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#onData?.(chunk));
    socket.on('error', (error) => this.#onClose?.(error));
    socket.on('close', () => this.#onClose?.(new Error('The connection was closed.')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request and resolves at the end of the answer. `onChunk` gets the raw bytes, chunk headers included. */
  exchange(request: Buffer, onChunk?: (chunk: Buffer) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      let left: number | undefined;
      this.#onClose = reject;
      this.#onData = (chunk) => {
        onChunk?.(chunk);
        left ??= sizeOf(chunk);
        left -= chunk.length;
        // Infinity stands for a chunked answer.
        if (left <= 0 || (left === Infinity && endsAnswer(chunk))) {
          this.#onData = undefined;
          this.#onClose = undefined;
          resolve();
        }
      };
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#onClose = undefined;
    this.#socket.destroy();
  }
}

/** `count` connections, spread over the servers: the first to the first, the next to the next. */
export async function openAll(servers: readonly { readonly port: number }[], count: number): Promise<Connection[]> {
  const connections: Connection[] = [];
  // A hundred at a time: more than that overflow the backlog of a server that is just starting.
  while (connections.length < count) {
    const ports = Array.from(
      { length: Math.min(100, count - connections.length) },
      (_, n) => servers[(connections.length + n) % servers.length]?.port ?? 0,
    );
    connections.push(...(await Promise.all(ports.map((port) => Connection.open(port)))));
  }
  return connections;
}

/** Bytes of an answer, head included, by the beginning of it; Infinity when it does not say. The head always comes in one piece on loopback. */
function sizeOf(beginning: Buffer): number {
  const end = beginning.indexOf('\r\n\r\n');
  const length = /\r\ncontent-length: (\d+)/i.exec(beginning.toString('latin1', 0, end))?.[1];
  return length === undefined ? Infinity : end + 4 + Number(length);
}

/** The last chunk of a chunked body: `0\r\n\r\n`. TCP on loopback never splits these five bytes in practice. */
function endsAnswer(chunk: Buffer): boolean {
  const end = chunk.length;
  return (
    end >= 5 &&
    chunk[end - 5] === 48 &&
    chunk[end - 4] === 13 &&
    chunk[end - 3] === 10 &&
    chunk[end - 2] === 13 &&
    chunk[end - 1] === 10
  );
}

/** A `burst` request as the widget sends it. */
export function burst(deltas: number, perSecond: number): Buffer {
  return message('burst', `burst ${deltas} ${perSecond}`);
}

/** A text for an agent as the widget sends it. */
export function message(agent: string, content: string): Buffer {
  const body = JSON.stringify({
    message: { role: 'user', content },
    additional_properties: {},
    context: {},
    agent_id: agent,
    environment_id: '',
  });
  return Buffer.from(
    `POST /api/v1/orchestrate/runs?stream=true&stream_timeout=120000&multiple_content=true HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** The same agent and answer over ACP, waited for (`sync`). */
export function acpBurst(deltas: number, perSecond: number): Buffer {
  const body = JSON.stringify({
    agent_name: 'burst',
    mode: 'sync',
    input: [{ role: 'user', parts: [{ content_type: 'text/plain', content: `burst ${deltas} ${perSecond}` }] }],
  });
  return Buffer.from(
    `POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The way between a node and the database, which a test disturbs. */
export interface Network {
  /** Where the node has to connect to, on 127.0.0.1. */
  readonly port: number;
  /** From now on nothing arrives, in either direction, and nobody is told: as when a firewall drops packets. New connections hang as well. */
  cut(): void;
  /** Things arrive again. `resume`: with what was sent meanwhile, as TCP repeats it · `reset`: old connections turn out to be gone. */
  restore(how: 'resume' | 'reset'): void;
  /** Everything arrives so much later, in each direction. 0: at once. */
  slow(ms: number): void;
  /** Whether notifications of PostgreSQL are lost on the way, and nothing else is. */
  loseNotifications(lost: boolean): void;
  close(): Promise<void>;
}

/** One direction of a connection. What comes in leaves in its order, as soon as the network lets it. */
interface Lane {
  readonly to: Socket;
  readonly waiting: { readonly due: number; readonly bytes: Buffer | 'end' }[];
  timer?: ReturnType<typeof setTimeout> | undefined;
}

/** A network to this address. It knows the protocol of PostgreSQL just as far as to find notifications in it, so TLS must be off. */
export async function networkTo(url: string): Promise<Network> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const lanes = new Set<Lane>();
  let isCut = false;
  let delayMs = 0;
  let mute = false;

  function pump(lane: Lane): void {
    clearTimeout(lane.timer);
    lane.timer = undefined;
    while (!isCut) {
      const [next] = lane.waiting;
      if (!next) return;
      const rest = next.due - performance.now();
      if (rest > 0) {
        lane.timer = setTimeout(() => pump(lane), rest);
        return;
      }
      lane.waiting.shift();
      if (next.bytes === 'end') lane.to.destroy();
      else lane.to.write(next.bytes);
    }
  }

  function lay(from: Socket, to: Socket, filter: (bytes: Buffer) => Buffer): void {
    const lane: Lane = { to, waiting: [] };
    lanes.add(lane);
    sockets.add(from);
    const put = (bytes: Buffer | 'end') => {
      lane.waiting.push({ due: performance.now() + delayMs, bytes });
      if (lane.timer === undefined) pump(lane);
    };
    from.on('data', (bytes: Buffer) => put(filter(bytes)));
    from.on('error', () => {});
    from.once('close', () => {
      sockets.delete(from);
      put('end');
    });
    to.once('close', () => {
      clearTimeout(lane.timer);
      lanes.delete(lane);
    });
  }

  const server = createServer((node) => {
    const database = connect(Number(port), hostname);
    for (const socket of [node, database]) socket.setNoDelay();
    lay(node, database, (bytes) => bytes);
    lay(
      database,
      node,
      withoutNotifications(() => mute),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
    },
    restore(how) {
      isCut = false;
      if (how === 'reset') destroyAll();
      for (const lane of lanes) pump(lane);
    },
    slow(ms) {
      delayMs = ms;
    },
    loseNotifications(lost) {
      mute = lost;
    },
    close() {
      isCut = false;
      destroyAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const NOTIFICATION = 'A'.charCodeAt(0);
/** A message of PostgreSQL begins with a letter and the length of what follows the letter. */
const HEAD = 5;

/** Passes messages of the server on as they are complete, and leaves notifications out while they are to be lost. */
function withoutNotifications(isLost: () => boolean): (bytes: Buffer) => Buffer {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const passed: Buffer[] = [];
    let at = 0;
    while (rest.length - at >= HEAD) {
      const end = at + 1 + rest.readUInt32BE(at + 1);
      if (end > rest.length) break;
      if (!(rest[at] === NOTIFICATION && isLost())) passed.push(rest.subarray(at, end));
      at = end;
    }
    rest = rest.subarray(at);
    return Buffer.concat(passed);
  };
}

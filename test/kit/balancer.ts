import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A load balancer that knows nothing but TCP: connections go to the nodes in turn. */
export interface Balancer {
  /** Address without a slash at the end. */
  readonly url: string;
  /** Takes a node out, as a failed health check does, and cuts its connections. */
  takeOut(port: number): void;
  /** Whether it sends new connections there. */
  has(port: number): boolean;
  /** Puts one in, new or back; where it checks their health, once that is good. */
  putIn(port: number): void;
  close(): Promise<void>;
}

export interface BalancerOptions {
  /**
   * How often each node is asked for `/health`. One that does not answer 200 gets no new connections; those that it has are left alone. Default: nobody is asked,
   * and all are good.
   */
  readonly healthMs?: number;
}

/** A node that has not said how it is by then is not well. */
const HEALTH_TIMEOUT_MS = 5_000;

/** Balances over these ports of 127.0.0.1. A node that refuses a connection is passed over; when all do, the client's connection is cut. */
export async function balance(ports: readonly number[], { healthMs }: BalancerOptions = {}): Promise<Balancer> {
  const nodes = new Set(healthMs === undefined ? ports : []);
  const watched = new Map<number, ReturnType<typeof setInterval>>();
  const open = new Map<Socket, number>();
  let turn = 0;

  function watch(port: number): void {
    let asking = false;
    const ask = async () => {
      if (asking) return;
      asking = true;
      const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
      const well = await fetch(`http://127.0.0.1:${port}/health`, { signal }).then(
        async (response) => (await response.text()) !== '' && response.ok,
        () => false,
      );
      asking = false;
      if (well && watched.has(port)) nodes.add(port);
      else nodes.delete(port);
    };
    watched.set(port, setInterval(ask, healthMs));
    void ask();
  }
  if (healthMs !== undefined) for (const port of ports) watch(port);

  function forget(port: number): void {
    clearInterval(watched.get(port));
    watched.delete(port);
    nodes.delete(port);
  }

  function forward(client: Socket, tries: number): void {
    turn += 1;
    const port = [...nodes][turn % Math.max(1, nodes.size)];
    if (port === undefined || tries > nodes.size) return void client.destroy();
    const upstream = connect(port, '127.0.0.1');
    let connected = false;
    upstream.once('connect', () => {
      connected = true;
      open.set(client, port);
      client.pipe(upstream).pipe(client);
      client.once('close', () => {
        open.delete(client);
        upstream.destroy();
      });
    });
    // `close` follows and says what becomes of the client.
    upstream.on('error', () => {});
    upstream.once('close', () => {
      if (connected) client.destroy();
      else if (!client.destroyed) forward(client, tries + 1);
    });
  }

  const server: Server = createServer((client) => {
    client.on('error', () => client.destroy());
    forward(client, 0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeOut(port) {
      forget(port);
      for (const [client, of] of open) if (of === port) client.destroy();
    },
    has: (port) => nodes.has(port),
    putIn(port) {
      if (healthMs === undefined) nodes.add(port);
      else watch(port);
    },
    close() {
      for (const port of watched.keys()) forget(port);
      for (const client of open.keys()) client.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

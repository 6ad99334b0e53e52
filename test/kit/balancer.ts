import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A load balancer that knows nothing but TCP: connections go to the nodes in turn. */
export interface Balancer {
  /** Address without a slash at the end. */
  readonly url: string;
  /** Takes a node out, as a failed health check does, and cuts its connections. */
  takeOut(port: number): void;
  /** Puts one in, new or back. */
  putIn(port: number): void;
  close(): Promise<void>;
}

/** Balances over these ports of 127.0.0.1. A node that refuses a connection is passed over; when all do, the client's connection is cut. */
export async function balance(ports: readonly number[]): Promise<Balancer> {
  const nodes = new Set(ports);
  const open = new Map<Socket, number>();
  let turn = 0;

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
      nodes.delete(port);
      for (const [client, of] of open) if (of === port) client.destroy();
    },
    putIn(port) {
      nodes.add(port);
    },
    close() {
      for (const client of open.keys()) client.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

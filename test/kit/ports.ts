import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** Takes a port of 127.0.0.1 that was free and holds it until `release`, for tests of taken ports. */
export async function takePort(): Promise<{ readonly port: number; release(): Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/**
 * A port of 127.0.0.1 that is free now. Another process may take it before you do: prefer to listen on port 0 and read the address, and use this
 * only where the number must be known beforehand, as for a server that comes back on the same port.
 */
export async function freePort(): Promise<number> {
  const { port, release } = await takePort();
  await release();
  return port;
}

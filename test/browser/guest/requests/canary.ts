import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

/** The name under which the browser finds it. */
const NAME = 'canary.example';

/** Makes a browser find the canary by its name. */
export const CANARY_ARGS = [`--host-resolver-rules=MAP ${NAME} 127.0.0.1`];

/** A server that nobody may talk to. */
export interface Canary {
  /** Host and port. */
  readonly host: string;
  /** How many connections there were, with or without a request. */
  readonly connections: number;
}

export function canary(): Canary {
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n');
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());
  return {
    get host() {
      return `${NAME}:${(server.address() as AddressInfo).port}`;
    },
    get connections() {
      return connections;
    },
  };
}

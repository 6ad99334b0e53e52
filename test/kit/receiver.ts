import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that came in. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that takes whatever is posted to it. */
export interface Receiver {
  /** Without a slash at the end. */
  readonly url: string;
  /** All that came, in order. */
  readonly received: readonly Received[];
  /** How requests are answered from now on; default: with 204. `undefined`: not at all. */
  answer(with_: ((response: ServerResponse) => void) | undefined): void;
  /** Resolves with request number `n` (from 1), as soon as it is there. */
  nth(n: number): Promise<Received>;
  close(): Promise<void>;
}

export async function receive(): Promise<Receiver> {
  const received: Received[] = [];
  let waiting: (() => void)[] = [];
  let answerWith: ((response: ServerResponse) => void) | undefined = (response) => response.writeHead(204).end();
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    received.push({ path: request.url ?? '', headers: request.headers, body });
    answerWith?.(response);
    for (const tell of waiting.splice(0)) tell();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer(with_) {
      answerWith = with_;
    },
    async nth(n) {
      while (received.length < n) await new Promise<void>((resolve) => (waiting = [...waiting, resolve]));
      return received[n - 1] as Received;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

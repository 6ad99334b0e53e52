import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Why a server does not listen; the message is one sentence that says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: 'port_taken' | 'port_refused' | 'host_unknown' | 'host_not_local' | 'listen_failed';

  constructor(code: ListenError['code'], message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Whether only programs on this machine reach the host. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(bare);
}

/** Without sign-in everybody who reaches the server is its operator, so it stays on this machine unless somebody says otherwise. */
export function refuseRemote(host: string): void {
  if (isLoopback(host)) return;
  throw new ListenError(
    'host_not_local',
    `Everybody who reaches ${host} could read all conversations. Set server.host to 127.0.0.1, give every channel in clew.config.yaml another mode than open, or set server.allowOpen to true.`,
  );
}

/** Listens and gives back the port. Rejects with a `ListenError`. */
export function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => reject(explain(error, at));
    server.once('error', onError);
    server.listen({ host: at.host, port: at.port }, () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** The address to open in a browser on this machine. */
export function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function explain(error: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): ListenError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError(
        'port_taken',
        `Port ${port} is taken. Stop the other program or choose another port with --port.`,
        { cause: error },
      );
    case 'EACCES':
      return new ListenError('port_refused', `Port ${port} needs special rights. Choose one above 1023 with --port.`, {
        cause: error,
      });
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ListenError('host_unknown', `This machine has no address ${host}. Set server.host to 127.0.0.1.`, {
        cause: error,
      });
    default:
      return new ListenError('listen_failed', `The server cannot listen on ${host}, port ${port}: ${error.code}.`, {
        cause: error,
      });
  }
}

import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { CERTIFICATE, KEY } from '../../http/certificate.ts';

/** A server of HTTP or HTTPS that is closed, with all its connections, when the test ends. */
export async function listen(
  answer: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
  { secure = false, port = 0 }: { readonly secure?: boolean; readonly port?: number } = {},
): Promise<string> {
  const server = secure ? createSecure({ cert: CERTIFICATE, key: KEY }, answer) : createServer(answer);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port: taken } = server.address() as AddressInfo;
  return secure ? `https://localhost:${taken}` : `http://127.0.0.1:${taken}`;
}

/**
 * A proxy that is told what to do as nginx is, in lines such as `proxy_buffering off;`: `proxy_buffering`, `proxy_read_timeout`, `proxy_hide_header`,
 * `proxy_pass_header`, `add_header` and `limit_except`. It goes by the lines at each request.
 */
export function proxyTo(target: () => string, lines: () => readonly string[]) {
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const directives = lines().map((line) => line.replace(/;$/, '').split(/\s+/));
    const argumentsOf = (name: string) => directives.find(([one]) => one === name)?.slice(1) ?? [];
    const allowed = argumentsOf('limit_except');
    if (allowed.length > 0 && !allowed.includes(incoming.method ?? '')) {
      outgoing.writeHead(403, { 'content-type': 'text/html' }).end('<h1>403 Forbidden</h1>');
      return;
    }
    const { origin, pathname } = new URL(target());
    const onward = request(
      `${origin}${pathname === '/' ? '' : pathname}${incoming.url}`,
      { method: incoming.method, headers: { ...incoming.headers, host: new URL(origin).host } },
      (answer) => {
        const headers: Record<string, string | string[] | undefined> = { ...answer.headers };
        for (const [name, header] of directives)
          if (name === 'proxy_hide_header') delete headers[String(header).toLowerCase()];
        delete headers['transfer-encoding'];
        delete headers['content-length'];
        for (const [name, header = '', value = ''] of directives) {
          if (name !== 'add_header') continue;
          const key = header.toLowerCase();
          headers[key] = headers[key] === undefined || key === 'date' ? value : [String(headers[key]), value];
        }
        outgoing.writeHead(answer.statusCode ?? 502, headers);
        outgoing.flushHeaders();
        const patience = Number.parseFloat(argumentsOf('proxy_read_timeout')[0] ?? '60') * 1_000;
        const held: Buffer[] = [];
        const isHeld = argumentsOf('proxy_buffering')[0] === 'on';
        let late: NodeJS.Timeout | undefined;
        answer.on('data', (chunk: Buffer) => {
          clearTimeout(late);
          late = setTimeout(() => outgoing.destroy(), patience);
          if (isHeld) held.push(chunk);
          else outgoing.write(chunk);
        });
        answer.on('close', () => clearTimeout(late));
        answer.on('end', () => {
          clearTimeout(late);
          outgoing.end(isHeld ? Buffer.concat(held) : undefined);
        });
        answer.on('error', () => outgoing.destroy());
      },
    );
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
}

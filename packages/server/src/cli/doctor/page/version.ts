import { connect } from 'node:tls';
import { fine, found, type Line } from '../finding.ts';
import { isLocal } from './local.ts';
import type { Sight } from './sight.ts';

const HANDSHAKE_MS = 5_000;

/** Which HTTP a browser gets to speak with the server. Undefined when that cannot be found out. */
export async function checkVersion(host: string, sight: Sight): Promise<Line | undefined> {
  const url = new URL(host);
  const spoken = sight.seen?.protocols.get(url.origin) ?? (url.protocol === 'https:' ? await offered(url) : 'http/1.1');
  if (spoken === undefined) return undefined;
  if (spoken === 'h2' || spoken === 'h3') return fine(`The server is reached over HTTP/${spoken.slice(1)}.`);
  if (isLocal(url.hostname)) return fine('The server is reached over HTTP/1.1, which is good enough on one machine.');
  return found(
    'http_one',
    'The server is reached over HTTP/1.1: a browser opens six connections to it at most, and each answer that is being given holds one, in all tabs together.',
    'Put a proxy with HTTP/2 before it. In nginx:',
    'http2 on;',
  );
}

/** What the other side chooses of the versions that browsers offer (ALPN). */
function offered(url: URL): Promise<string | undefined> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // Whether the certificate is good is another question.
    const socket = connect({
      host,
      port: Number(url.port || 443),
      ALPNProtocols: ['h2', 'http/1.1'],
      rejectUnauthorized: false,
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    });
    const end = (result: string | undefined) => {
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(HANDSHAKE_MS, () => end(undefined));
    socket.once('error', () => end(undefined));
    socket.once('secureConnect', () => end(socket.alpnProtocol || 'http/1.1'));
  });
}

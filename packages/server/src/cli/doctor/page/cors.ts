import { fine, found, type Line } from '../finding.ts';
import { ask } from './ask.ts';
import type { Embedding } from './embedding.ts';
import type { Sight } from './sight.ts';

/** Headers that the chat sends, which a browser asks for leave to. */
const SENT = ['authorization', 'content-type', 'x-ibm-wo-orchestrate-id'];
const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/** Whether a browser would let the page read what the server answers. Asked only where the channel lists the origin. */
export async function checkCors({ host }: Embedding, { origin }: Sight, now: () => number): Promise<Line[]> {
  if (new URL(host).origin === origin)
    return [fine('The page comes from the server itself: nothing is to be allowed.')];
  const { response } = await ask(`${host}/api/v1/auth/channel`, { now, headers: { origin } });
  void response.body?.cancel();
  const allowed = response.headers.get(ALLOW_ORIGIN);
  if (allowed === null)
    return [
      found(
        'cors_missing',
        `Answers come without ${ALLOW_ORIGIN}, which the server sends: something before it takes the header away.`,
        'Let the proxy pass the header on, as nginx does with',
        `proxy_pass_header ${ALLOW_ORIGIN};`,
      ),
    ];
  if (allowed.includes(','))
    return [
      found(
        'cors_double',
        `Answers have ${ALLOW_ORIGIN} twice (${allowed}), and browsers accept it once.`,
        'Let the proxy add none: the server sends it by itself. In nginx take this line away:',
        `add_header ${ALLOW_ORIGIN}`,
      ),
    ];
  const preflight = await ask(`${host}/api/v1/orchestrate/runs`, {
    now,
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': SENT.join(','),
    },
  });
  void preflight.response.body?.cancel();
  const { status, ok, headers } = preflight.response;
  const taken = (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/);
  // A star does not mean Authorization.
  const missing = SENT.filter((name) => !taken.includes(name) && (name === 'authorization' || !taken.includes('*')));
  const origins = headers.get(ALLOW_ORIGIN);
  const why = !ok
    ? `status ${status}`
    : origins !== origin && origins !== '*'
      ? `${ALLOW_ORIGIN} is ${origins === null ? 'not there' : `"${origins}"`}`
      : missing.length > 0
        ? `Access-Control-Allow-Headers lacks ${missing.join(', ')}`
        : undefined;
  if (why === undefined) return [fine('The page may read what the server answers.')];
  return [
    found(
      'preflight_refused',
      `The question of the browser before a request (OPTIONS, the preflight) is not answered as it must be: ${why}.`,
      'The server answers it by itself: let the proxy pass OPTIONS on with its headers. In nginx, for example:',
      'limit_except GET HEAD POST PUT PATCH DELETE OPTIONS { deny all; }',
    ),
  ];
}

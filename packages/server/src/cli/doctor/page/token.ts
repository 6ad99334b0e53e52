import { found, type Line } from '../finding.ts';

/** Ways to sign that a channel accepts (docs/security.md). */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
/** Seconds that a server allows for by default. */
const SKEW = 60;

/** What can be read in a token by whoever has it. */
interface Claims {
  readonly exp?: unknown;
  readonly nbf?: unknown;
}

const SIGN =
  'Sign a fresh one at each view of the page, and in `identityTokenFunction` or `authTokenNeeded`, for some 15 minutes:';
const EXPIRES = ".setExpirationTime('15m')";

/** What is wrong with a signed token by itself. `now` is the time of the server, milliseconds since 1970. An empty list does not vouch for its signature. */
export function judgeToken(token: string, now: number): Line[] {
  const parts = token.split('.');
  const header = decode(parts[0]) as { alg?: unknown } | undefined;
  const claims = decode(parts[1]) as Claims | undefined;
  if (parts.length !== 3 || !header || !claims)
    return [
      found(
        'token_malformed',
        'The token is not a JSON Web Token.',
        'Sign one: three parts in base64url with dots between them. `clew keys new` prints code that does.',
        'clew keys new',
      ),
    ];
  const { alg } = header;
  // Tokens that the server itself makes are HS256.
  if (alg === 'HS256') return [];
  if (!ALGORITHMS.includes(String(alg)))
    return [
      found(
        'token_algorithm',
        `The token is signed with ${String(alg)}.`,
        'Sign with a private key, as RS256, ES256 or EdDSA. `clew keys new` makes a pair and prints code that signs with it.',
        'clew keys new',
      ),
    ];
  const seconds = now / 1_000;
  const { exp, nbf } = claims;
  if (typeof exp !== 'number')
    return [found('token_endless', 'The token has no end (exp), so no channel accepts it.', SIGN, EXPIRES)];
  if (exp < seconds - SKEW)
    return [
      found('token_expired', `The token expired ${ago(seconds - exp)} ago, by the clock of the server.`, SIGN, EXPIRES),
    ];
  if (typeof nbf === 'number' && nbf > seconds + SKEW)
    return [
      found(
        'token_early',
        `The token is valid only in ${ago(nbf - seconds)}, by the clock of the server.`,
        'Set the clock of the machine that signs, or sign without `nbf`.',
        'timedatectl set-ntp true',
      ),
    ];
  return [];
}

/** `90 seconds`, `3 minutes`, `2 hours`, `5 days`. */
export function ago(seconds: number): string {
  const units: [string, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ];
  const [unit, size] = units.find(([, one]) => seconds >= one * 2) ?? ['second', 1];
  const count = Math.max(1, Math.round(seconds / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function decode(part: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

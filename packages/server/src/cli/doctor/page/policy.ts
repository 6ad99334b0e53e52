import { createHash } from 'node:crypto';

/** A content security policy: directives by name, in lower case, with their sources. The first of two with the same name counts. */
export type Policy = ReadonlyMap<string, readonly string[]>;

/** Reads a header, or the `content` of a `<meta>`: several policies stand with commas between them. What a `<meta>` may not say is left out. */
export function readPolicies(text: string, where: 'header' | 'meta'): Policy[] {
  return text.split(',').flatMap((one) => {
    const directives = new Map<string, readonly string[]>();
    for (const directive of one.split(';')) {
      const [name = '', ...sources] = directive.trim().split(/\s+/);
      const key = name.toLowerCase();
      if (key === '' || directives.has(key)) continue;
      if (where === 'meta' && NOT_IN_META.has(key)) continue;
      directives.set(key, sources);
    }
    return directives.size > 0 ? [directives] : [];
  });
}

const NOT_IN_META = new Set(['frame-ancestors', 'report-uri', 'report-to', 'sandbox']);

/** The policy as it is written. */
export function writePolicy(policy: Policy): string {
  return [...policy].map(([name, sources]) => [name, ...sources].join(' ')).join('; ');
}

const SCRIPTS = ['script-src-elem', 'script-src', 'default-src'];
const CONNECTIONS = ['connect-src', 'default-src'];
/** What needs which directives; the first that is there decides. */
const CHAINS = { script: SCRIPTS, connect: CONNECTIONS } as const;

/** A script in the page. */
export interface InlineScript {
  readonly text: string;
  readonly nonce: string | undefined;
}

/** A script with an address. */
export interface ScriptAddress {
  readonly url: string;
  readonly nonce?: string | undefined;
  /** Whether a script of the page adds it, which `strict-dynamic` allows. */
  readonly added: boolean;
}

export function allowsScript(policy: Policy, { url, nonce, added }: ScriptAddress, page: string): boolean {
  const sources = sourcesFor(policy, 'script');
  if (!sources) return true;
  if (hasNonce(sources, nonce)) return true;
  if (sources.includes("'strict-dynamic'")) return added;
  return allowsAddress(sources, url, page);
}

export function allowsConnection(policy: Policy, url: string, page: string): boolean {
  const sources = sourcesFor(policy, 'connect');
  return !sources || allowsAddress(sources, url, page);
}

export function allowsInline(policy: Policy, { text, nonce }: InlineScript): boolean {
  const sources = sourcesFor(policy, 'script');
  if (!sources || hasNonce(sources, nonce)) return true;
  if (sources.some((source) => HASH.test(source)) && hashesOf(text).some((hash) => sources.includes(hash))) return true;
  // A nonce or a hash anywhere makes browsers pass over 'unsafe-inline'.
  const strict = sources.some((source) => HASH.test(source) || NONCE.test(source) || source === "'strict-dynamic'");
  return !strict && sources.includes("'unsafe-inline'");
}

/** Whether the page wants Trusted Types, and whether it allows the policy that the chat needs. */
export function trustedTypes(policy: Policy): { readonly required: boolean; readonly allowsChat: boolean } {
  const listed = policy.get('trusted-types');
  return {
    required: policy.get('require-trusted-types-for')?.includes("'script'") ?? false,
    allowsChat: !listed || listed.includes('*') || listed.includes('lit-html'),
  };
}

/** The policy with `sources` allowed besides, in the directive that decides now. */
export function amend(policy: Policy, kind: keyof typeof CHAINS, sources: readonly string[]): Policy {
  const chain = CHAINS[kind];
  const deciding = chain.find((name) => policy.has(name));
  if (!deciding) return policy;
  const before = (policy.get(deciding) ?? []).filter((source) => source !== "'none'");
  // What falls back to default-src gets a directive of its own: the others are not to be opened along with it.
  const name = deciding === 'default-src' ? (chain.at(-2) as string) : deciding;
  return new Map([...policy, [name, [...new Set([...before, ...sources])]]]);
}

/** The policy with one more name in a directive. */
export function withSource(policy: Policy, directive: string, source: string): Policy {
  return new Map([...policy, [directive, [...new Set([...(policy.get(directive) ?? []), source])]]]);
}

/** The source that allows exactly this script. */
export function hashSource(text: string): string {
  return hashesOf(text)[0] as string;
}

const NONCE = /^'nonce-(.+)'$/i;
const HASH = /^'sha(256|384|512)-.+'$/i;

function sourcesFor(policy: Policy, kind: keyof typeof CHAINS): readonly string[] | undefined {
  const name = CHAINS[kind].find((one) => policy.has(one));
  return name === undefined ? undefined : policy.get(name);
}

function hasNonce(sources: readonly string[], nonce: string | undefined): boolean {
  return !!nonce && sources.some((source) => NONCE.exec(source)?.[1] === nonce);
}

function hashesOf(text: string): string[] {
  return ['256', '384', '512'].map(
    (bits) => `'sha${bits}-${createHash(`sha${bits}`).update(text, 'utf8').digest('base64')}'`,
  );
}

function allowsAddress(sources: readonly string[], url: string, page: string): boolean {
  const wanted = new URL(url);
  const own = URL.canParse(page) ? new URL(page) : undefined;
  return sources.some((source) => {
    if (source === '*') return /^(https?|wss?):$/.test(wanted.protocol);
    if (source.toLowerCase() === "'self'") return own?.origin === wanted.origin;
    if (source.startsWith("'")) return false;
    if (/^[a-z][a-z\d+.-]*:$/i.test(source)) return sameScheme(source.toLowerCase(), wanted.protocol);
    return matchesHost(source, wanted, own);
  });
}

/** `http:` in a policy means `https:` as well, and never the other way round. */
function sameScheme(allowed: string, wanted: string): boolean {
  return allowed === wanted || (allowed === 'http:' && wanted === 'https:');
}

const HOST_SOURCE = /^(?:([a-z][a-z\d+.-]*:)\/\/)?(\*|(?:\*\.)?[^/:*]+|\[[^\]]+\])(?::(\d+|\*))?(\/.*)?$/i;

function matchesHost(source: string, wanted: URL, own: URL | undefined): boolean {
  const [, scheme, host = '', port, path] = HOST_SOURCE.exec(source) ?? [];
  if (host === '') return false;
  const protocol = scheme?.toLowerCase() ?? own?.protocol ?? 'https:';
  if (!sameScheme(protocol, wanted.protocol)) return false;
  const name = wanted.hostname.toLowerCase();
  const asked = host.toLowerCase();
  if (asked.startsWith('*.') ? !name.endsWith(asked.slice(1)) : asked !== '*' && asked !== name) return false;
  const usual = (address: string) => (address === 'https:' ? '443' : '80');
  const actual = wanted.port || usual(wanted.protocol);
  if (
    port !== '*' &&
    (port ?? usual(protocol)) !== actual &&
    !(port === undefined && actual === usual(wanted.protocol))
  )
    return false;
  if (!path || path === '/') return true;
  return path.endsWith('/') ? wanted.pathname.startsWith(path) : wanted.pathname === path;
}

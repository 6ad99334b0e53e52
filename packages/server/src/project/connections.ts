import { z } from 'zod';
import type { Credentials } from '../runtimes/index.ts';
import { check, place, type Remark } from './check.ts';
import type { Finding } from './project.ts';
import { anything, choice, flag, group, text } from './shapes.ts';
import { fillSecret, fillVariables, isAddress, type Refuse, type Variable } from './variables.ts';
import type { Path } from './yaml.ts';
import { yamlFilesIn } from './yaml-files.ts';

/** What a connection file gives to those that name it. Its values may be secret. */
export interface Connection {
  readonly appId: string;
  /** Address of the service; null: whoever uses the connection says it. */
  readonly url: string | null;
  readonly credentials:
    | { readonly kind: 'api_key'; readonly key: string }
    | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> };
  readonly source: string;
}

const KINDS = ['basic', 'bearer', 'api_key', 'key_value'] as const;

const environment = group({
  kind: choice(KINDS),
  type: choice(['team', 'member']).nullish(),
  sso: flag().nullish(),
  server_url: text().nullish(),
  username: text().nullish(),
  password: text().nullish(),
  token: text().nullish(),
  api_key: text().nullish(),
  entries: z.record(z.string(), text(), { error: 'must be a group of fields' }).nullish(),
});

/** A connection file (ADK 2.9, `kind: connection`), with its credentials as variables of the environment. Clew is the draft environment. */
const connectionFile = group({
  spec_version: choice(['v1']).nullish(),
  kind: choice(['connection', 'connections']),
  app_id: text(),
  catalog: anything(),
  environments: group({ draft: environment, live: anything() }),
});

const EXAMPLES: Readonly<Record<string, string>> = {
  spec_version: 'spec_version: v1',
  kind: 'kind: connection',
  app_id: 'app_id: shop',
  environments: `environments: { draft: { kind: bearer, token: "\${SHOP_TOKEN}" } }`,
};

/** Reads every file in `connections/`, by `app_id`; findings go to `findings` and never hold what a variable was set to. */
export async function loadConnections(
  root: string,
  variable: Variable,
  findings: Finding[],
): Promise<ReadonlyMap<string, Connection>> {
  const loaded = new Map<string, Connection>();
  for await (const read of yamlFilesIn(root, 'connections', findings)) {
    const remarks = check(connectionFile, read.value, EXAMPLES);
    const wrong = () => remarks.some(({ severity }) => severity === 'error');
    const spec = read.value as unknown as z.input<typeof connectionFile>;
    const made = wrong() ? undefined : connectionOf(spec, { file: read.file, variable, remarks });
    const taken = made && loaded.get(made.appId);
    if (taken) {
      const message = `\`${taken.source}\` has the same app_id; this file is left out.`;
      remarks.push({ severity: 'error', path: ['app_id'], message, fix: 'Give one of the two another one.' });
    } else if (made && !wrong()) loaded.set(made.appId, made);
    findings.push(...place(read, remarks));
  }
  return loaded;
}

interface Around {
  readonly file: string;
  readonly variable: Variable;
  readonly remarks: Remark[];
}

function connectionOf(spec: z.input<typeof connectionFile>, { file, variable, remarks }: Around): Connection {
  const draft = spec.environments.draft;
  const at = (...names: string[]): Path => ['environments', 'draft', ...names];
  const refuseAt =
    (path: Path): Refuse =>
    (message, fix) =>
      remarks.push({ severity: 'error', path, message, fix });
  const missing = (name: string) =>
    refuseAt(at())(`A connection of kind ${draft.kind} needs \`${name}\`.`, `Write \`${name}: "\${SHOP_SECRET}"\`.`);
  const secret = (name: 'password' | 'token' | 'api_key'): string => {
    const written = draft[name];
    if (!written) missing(name);
    return (written && fillSecret(written, variable, refuseAt(at(name)))) || '';
  };

  const url = draft.server_url ? fillVariables(draft.server_url, variable, refuseAt(at('server_url'))) : undefined;
  if (url !== undefined && !isAddress(url))
    refuseAt(at('server_url'))(
      'This is no plain http or https address.',
      'Write, for example, `https://shop.example.com`.',
    );
  const about = { appId: spec.app_id, url: url?.replace(/\/+$/, '') ?? null, source: file };
  switch (draft.kind) {
    case 'basic': {
      if (!draft.username) missing('username');
      const user = fillVariables(draft.username ?? '', variable, refuseAt(at('username'))) ?? '';
      const pair = Buffer.from(`${user}:${secret('password')}`, 'utf8').toString('base64');
      return { ...about, credentials: { kind: 'headers', headers: { authorization: `Basic ${pair}` } } };
    }
    case 'bearer':
      return { ...about, credentials: { kind: 'headers', headers: { authorization: `Bearer ${secret('token')}` } } };
    case 'api_key':
      return { ...about, credentials: { kind: 'api_key', key: secret('api_key') } };
    case 'key_value': {
      const entries = Object.entries(draft.entries ?? {});
      if (entries.length === 0) missing('entries');
      const headers = entries.map(
        ([name, value]) => [name, fillSecret(value, variable, refuseAt(at('entries', name))) ?? ''] as const,
      );
      return { ...about, credentials: { kind: 'headers', headers: Object.fromEntries(headers) } };
    }
    default:
      return draft.kind satisfies never;
  }
}

/** The credentials as a service wants them. `scheme` says where an API key goes; default: the header `X-API-Key`. */
export function credentialsOf(
  { credentials }: Connection,
  scheme?: { readonly in: 'header' | 'query'; readonly name: string },
): Credentials {
  if (credentials.kind === 'headers') return { headers: credentials.headers, query: {} };
  const { in: where, name } = scheme ?? { in: 'header', name: 'X-API-Key' };
  const entry = { [name]: credentials.key };
  return where === 'query' ? { headers: {}, query: entry } : { headers: entry, query: {} };
}

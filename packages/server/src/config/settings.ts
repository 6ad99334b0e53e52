import type { Config } from './config.ts';
import { CONTENT_SETTINGS } from './content-settings.ts';
import { RETENTION_SETTINGS } from './retention-settings.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import type { Kind, Row, SettingValue } from './setting-kinds.ts';

export type { SettingValue } from './setting-kinds.ts';

/** Dotted paths of the leaves of a type: `server.port`. */
type Leaves<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends object ? Leaves<T[K], `${P}${K}.`> : `${P}${K}`;
}[keyof T & string];

/** Where a value stands in `Config` and in `clew.config.yaml`. The project folder itself cannot be set inside of it; `models`, `channels` and `webhooks` are sections with shapes of their own. */
export type SettingKey = Exclude<Leaves<Omit<Config, 'models' | 'channels' | 'webhooks'>>, 'project'>;

/** One thing that can be set, in three places: file < environment < command line. */
export interface Setting extends Kind {
  readonly key: SettingKey;
  readonly env: `CLEW_${string}`;
  /** Without the dashes. */
  readonly flag: string;
  /** Undefined: worked out when the configuration is loaded; `shownDefault` says how. */
  readonly fallback: SettingValue | undefined;
  /** The default as `docs/config.md` and `--help` show it. */
  readonly shownDefault: string;
  /** One or two sentences, with units. */
  readonly description: string;
  /** A value that works, as one writes it in the file. */
  readonly example: string;
}

/** The type makes the table complete: a member of `Config` without a row does not compile. */
const ROWS: { readonly [K in SettingKey]: Row } = { ...SERVER_SETTINGS, ...CONTENT_SETTINGS, ...RETENTION_SETTINGS };

/** Everything that can be set: what the loader, the help texts and `docs/config.md` are made from. */
export const SETTINGS: readonly Setting[] = Object.entries(ROWS).map(
  ([key, [kind, env, flag, fallback, example, description, shownDefault]]) => ({
    ...kind,
    key: key as SettingKey,
    env,
    flag,
    fallback,
    shownDefault: shownDefault ?? String(fallback),
    description,
    example,
  }),
);

/** The name under which parsed flags hold a setting: `public-url` becomes `publicUrl`. */
export function flagMember(setting: Pick<Setting, 'flag'>): string {
  return setting.flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

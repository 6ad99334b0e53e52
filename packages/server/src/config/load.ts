import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resolveChannels } from './channels.ts';
import type { Config } from './config.ts';
import { checkEmbeddings } from './embeddings.ts';
import { type Environment, readVariable } from './environment.ts';
import { CONFIG_FILE, readConfigFile } from './file.ts';
import { checkFileStore } from './file-store.ts';
import { ConfigError, type Mistake } from './mistake.ts';
import { resolveProviders } from './model-providers.ts';
import { nearest } from './nearest.ts';
import { namesOf, withSecretFiles } from './secret-files.ts';
import { flagMember, SETTINGS, type Setting, type SettingKey, type SettingValue } from './settings.ts';
import { resolveWebhooks } from './webhooks.ts';

export interface LoadOptions {
  /** The project folder; relative to `cwd`. */
  readonly project: string;
  /** What `readEnvironment()` gives. Default: nothing. An empty variable counts as not set. */
  readonly env?: Environment;
  /** Variables that `models` names as `${NAME}`, and keys of the providers that Clew knows. Default: those of the process. */
  readonly variable?: (name: string) => string | undefined;
  /** Parsed command line, in camel case (`publicUrl`); members that are no settings are passed over. Default: nothing. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** The current folder. Default `process.cwd()`. */
  readonly cwd?: string;
  /** Whether a person reads the log. Default: whether standard output is a terminal. */
  readonly terminal?: boolean;
}

/**
 * The configuration: `clew.config.yaml` in the project < environment < command line, checked and frozen. Throws `ConfigError` with every
 * mistake that was found, also in values that another source overrides.
 */
export function loadConfig(options: LoadOptions): Config {
  const { flags = {}, cwd = process.cwd(), terminal = process.stdout.isTTY === true } = options;
  const project = resolve(cwd, options.project);
  const mistakes: Mistake[] = [];
  const env = withSecretFiles(options.env ?? {}, mistakes);
  checkFolder(project, options.project, mistakes);
  const { settings: file, models: written, channels: ways, webhooks: hooks } = readConfigFile(project, mistakes);
  const variable = options.variable ?? readVariable;
  const models = resolveProviders(written, variable, mistakes);
  const channels = resolveChannels(ways, project, mistakes);
  const webhooks = resolveWebhooks(hooks, { channels: Object.keys(channels), variable }, mistakes);
  checkEnvironment(env, mistakes);

  const values = new Map<SettingKey, SettingValue>([
    ['storage.file', join(project, '.clew', 'clew.db')],
    ['log.format', terminal ? 'pretty' : 'json'],
  ]);
  for (const setting of SETTINGS) {
    if (setting.fallback !== undefined) values.set(setting.key, setting.fallback);
    const written = file.get(setting.key);
    const sources: Source[] = [
      { source: CONFIG_FILE, line: written?.line ?? null, key: setting.key, value: written?.value, base: project },
      { source: 'environment', line: null, key: setting.env, value: fromText(setting, env[setting.env]), base: cwd },
      {
        source: 'command line',
        line: null,
        key: `--${setting.flag}`,
        value: fromText(setting, flags[flagMember(setting)]),
        base: cwd,
      },
    ];
    for (const source of sources) {
      if (source.value === undefined || source.value === null) continue;
      const checked = setting.schema.safeParse(source.value);
      if (checked.success)
        values.set(setting.key, setting.type === 'path' ? inFolder(source.base, checked.data) : checked.data);
      else mistakes.push(wrongValue(setting, source));
    }
  }
  checkFileStore(values, mistakes);
  checkEmbeddings(values, models, mistakes);
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return assemble(values, { project, models, channels, webhooks });
}

interface Source {
  readonly source: string;
  readonly line: number | null;
  readonly key: string;
  readonly value: unknown;
  /** Folder from which a relative path counts. */
  readonly base: string;
}

/** Values of the environment and the command line are text; empty text means that nothing was set. */
function fromText(setting: Setting, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim();
  // Kubernetes sets CLEW_PORT=tcp://… in every pod beside a service that is called clew: nobody chose that value.
  if (text === '' || (setting.key === 'server.port' && text.startsWith('tcp://'))) return undefined;
  if (setting.type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return setting.type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function inFolder(base: string, value: SettingValue): SettingValue {
  return value === ':memory:' ? value : resolve(base, String(value));
}

function wrongValue(setting: Setting, { source, line, key, value }: Source): Mistake {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  const quoted =
    source === CONFIG_FILE &&
    typeof value === 'string' &&
    ((setting.type === 'integer' && /^\d+$/.test(value)) ||
      (setting.type === 'boolean' && /^(true|false)$/.test(value)));
  const near = typeof value === 'string' && setting.words ? nearest(value, setting.words) : undefined;
  const member = setting.key.slice(setting.key.lastIndexOf('.') + 1);
  const example =
    source === CONFIG_FILE
      ? `${member}: ${setting.example}`
      : source === 'environment'
        ? `${key}=${setting.example}`
        : `${key} ${setting.example}`;
  const fix = quoted
    ? `Write \`${member}: ${value}\` without quotes.`
    : near
      ? `Did you mean \`${near}\`?`
      : `Write, for example, \`${example}\`.`;
  return {
    source,
    line,
    key,
    message: `${setting.secret ? 'The value' : `\`${cut(shown)}\``} is not ${setting.rule}.`,
    fix,
  };
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function checkFolder(project: string, named: string, mistakes: Mistake[]): void {
  const stat = statSync(project, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) {
    const message = stat ? `\`${named}\` is a file, not a project folder.` : `There is no folder \`${named}\`.`;
    mistakes.push({
      source: 'command line',
      line: null,
      key: 'project',
      message,
      fix: `Run \`clew init ${stat ? 'my-project' : named}\` to make a project.`,
    });
  } else if (!existsSync(join(project, CONFIG_FILE)) && existsSync(join(project, 'clew.config.yml'))) {
    mistakes.push({
      source: 'clew.config.yml',
      line: null,
      key: '',
      message: 'A file of this name is not read.',
      fix: `Rename it to ${CONFIG_FILE}.`,
    });
  }
}

/**
 * Only near misses are mistakes: a project may keep variables of its own under `CLEW_`, and Kubernetes sets `CLEW_PORT_4321_TCP` and the like
 * for a service that is called clew.
 */
function checkEnvironment(env: Environment, mistakes: Mistake[]): void {
  const known = SETTINGS.flatMap((setting) => namesOf(setting));
  for (const name of Object.keys(env)) {
    if (!name.startsWith('CLEW_') || known.includes(name) || !env[name]) continue;
    const near = nearest(
      name.slice('CLEW_'.length),
      known.map((other) => other.slice('CLEW_'.length)),
    );
    if (near)
      mistakes.push({
        source: 'environment',
        line: null,
        key: name,
        message: 'There is no such setting.',
        fix: `Did you mean \`CLEW_${near}\`?`,
      });
  }
}

function assemble(
  values: ReadonlyMap<SettingKey, SettingValue>,
  sections: Pick<Config, 'project' | 'models' | 'channels' | 'webhooks'>,
): Config {
  const config: Record<string, unknown> = { ...sections };
  for (const [key, value] of values) {
    const [section, member] = key.split('.') as [string, string?];
    if (member === undefined) config[section] = value;
    else config[section] = { ...(config[section] as object), [member]: value };
  }
  for (const part of Object.values(config)) Object.freeze(part);
  return Object.freeze(config) as unknown as Config;
}

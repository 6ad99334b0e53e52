import type { Hooks } from '../chat/door.ts';
import { check, type Finding } from './check.ts';
import { complete, hooksOf, optionsOf } from './complete.ts';
import { type Checked, KEYS } from './keys.ts';
import type { ChatOptions } from './options.ts';

/** A configuration that was read. */
export interface Reading {
  /** Undefined when a finding is fatal. */
  readonly options: ChatOptions | undefined;
  readonly hooks: Hooks;
  readonly findings: readonly Finding[];
}

/** What `createChat` and `<clew-chat>` take. The same kinds as in `KEYS`. */
const OPTION_KEYS = {
  host: '!string',
  agent: 'string',
  channel: 'string',
  environment: 'string',
  locale: 'string',
  token: 'string',
  getToken: 'function',
  layout: {
    form: 'float|fullscreen-overlay|custom',
    width: 'size',
    height: 'size',
    element: 'element',
    showLauncher: 'boolean',
    showHeader: 'boolean',
    showMaxWidth: 'boolean',
  },
  header: KEYS.header,
  features: { showThreadList: 'boolean' },
  style: KEYS.style,
  thread: 'string',
  rememberThread: 'boolean',
  onLoad: 'function',
} as const;

/** Reads `window.wxOConfiguration`. `raw` may be anything. */
export function readConfiguration(raw: unknown): Reading {
  const { values, findings } = check(raw, KEYS);
  return { findings, options: isUsable(findings) ? optionsOf(values) : undefined, hooks: hooksOf(values) };
}

/** Reads what `createChat` was called with. `host` is the server when none is named; a `layout` may be just its form. */
export function readOptions(raw: unknown, host?: string): Reading {
  if (Object(raw).chatOptions) return readConfiguration(raw);
  const { layout } = Object(raw);
  const spread = { host, ...Object(raw), ...(typeof layout === 'string' ? { layout: { form: layout } } : {}) };
  const { values, findings } = check(spread, OPTION_KEYS);
  return {
    findings,
    options: isUsable(findings) ? optionsFrom(values) : undefined,
    hooks: { onLoad: values.onLoad as Hooks['onLoad'] },
  };
}

function isUsable(findings: readonly Finding[]): boolean {
  return !findings.some(({ fatal }) => fatal);
}

function optionsFrom(values: Checked<typeof OPTION_KEYS>): ChatOptions {
  const { element, showHeader, ...layout } = values.layout;
  return complete({
    hostUrl: values.host as string,
    channel: values.channel || undefined,
    agentId: values.agent || undefined,
    environmentId: values.environment,
    locale: values.locale,
    token: values.token,
    getToken: values.getToken as ChatOptions['getToken'],
    layout: { ...layout, customElement: element, showOrchestrateHeader: showHeader, rootElementId: undefined },
    header: values.header,
    features: values.features,
    style: values.style,
    threadId: values.thread || undefined,
    rememberThread: values.rememberThread,
  });
}

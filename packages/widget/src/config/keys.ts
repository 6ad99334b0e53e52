/**
 * What `window.wxOConfiguration` may hold, by key. A `!` says that the chat cannot do without it. Kinds: those of
 * `typeof`, `element`, `#rrggbb`, `size` (of CSS), `any` (taken and not used); words with `|` between them are the values themselves.
 * Source: the web chat's pages `channels/webchat` and `customization_ui_configuration`. Letter case of keys does not matter (`hostUrl`).
 */
export const KEYS = {
  orchestrationID: '!string',
  hostURL: '!string',
  rootElementID: 'string',
  showLauncher: 'boolean',
  deploymentPlatform: 'any',
  crn: 'any',
  token: 'string',
  identityTokenFunction: 'function',
  authTokenNeeded: 'function',
  defaultLocale: 'string',
  chatOptions: {
    agentId: '!string',
    agentEnvironmentId: 'string',
    onLoad: 'function',
    onError: 'function',
    enableSearchDocs: 'any',
    enableVoiceMode: 'any',
    isPublic: 'any',
  },
  layout: {
    form: 'float|fullscreen-overlay|custom',
    width: 'size',
    height: 'size',
    customElement: 'element',
    rootElementID: 'string',
    showLauncher: 'boolean',
    showOrchestrateHeader: 'boolean',
    showMaxWidth: 'boolean',
  },
  header: {
    showResetButton: 'boolean',
    showAiDisclaimer: 'boolean',
    showMaximize: 'boolean',
    showAgentAvatar: 'boolean',
    showAgentName: 'boolean',
  },
  features: { showThreadList: 'boolean', showAgentMemory: 'any' },
  style: {
    headerColor: '#rrggbb',
    userMessageBackgroundColor: '#rrggbb',
    primaryColor: '#rrggbb',
    showBackgroundGradient: 'boolean',
    fontFamily: 'string',
    theme: 'light|dark|auto',
  },
} as const;

/** A table of keys. */
export interface KeyTable {
  readonly [key: string]: string | KeyTable;
}

type KindOf<K> = K extends `!${infer Rest}`
  ? KindOf<Rest>
  : K extends 'string' | '#rrggbb' | 'size'
    ? string
    : K extends 'boolean'
      ? boolean
      : K extends 'function'
        ? (...values: never[]) => unknown
        : K extends 'element'
          ? HTMLElement
          : K extends 'any'
            ? unknown
            : K extends `${infer A}|${infer B}`
              ? A | KindOf<B>
              : K;

/** What is left of a configuration when it is checked: keys as in the table, values of the right kind. */
export type Checked<T extends KeyTable> = {
  readonly [K in keyof T]: T[K] extends KeyTable ? Checked<T[K]> : KindOf<T[K]> | undefined;
};

export type Configuration = Checked<typeof KEYS>;

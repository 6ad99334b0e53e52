import type { Hooks } from '../chat/door.ts';
import type { Configuration } from './keys.ts';
import type { ChatOptions, LayoutForm } from './options.ts';

/** The hooks of a checked configuration. */
export function hooksOf(values: Configuration): Hooks {
  return {
    onLoad: values.chatOptions.onLoad as Hooks['onLoad'],
    onError: values.chatOptions.onError as Hooks['onError'],
    authTokenNeeded: values.authTokenNeeded as Hooks['authTokenNeeded'],
  };
}

/** The options of a checked configuration, with defaults filled in. */
export function optionsOf(values: Configuration): ChatOptions {
  const { layout, chatOptions, header, features, style } = values;
  return complete({
    hostUrl: values.hostURL as string,
    channel: values.orchestrationID,
    agentId: chatOptions.agentId,
    environmentId: chatOptions.agentEnvironmentId,
    locale: values.defaultLocale,
    token: values.token,
    getToken: values.identityTokenFunction as ChatOptions['getToken'],
    layout: {
      ...layout,
      rootElementId: layout.rootElementID ?? values.rootElementID,
      showLauncher: layout.showLauncher ?? values.showLauncher,
    },
    header,
    features,
    style,
    threadId: undefined,
    rememberThread: true,
  });
}

/** Options of which the page has left some out. */
type Partly<T> = { readonly [K in keyof T]: T[K] | undefined };
/** What a page may give. */
export type Given = Partly<Omit<ChatOptions, 'layout' | 'header' | 'features' | 'style'>> & {
  readonly layout: Partly<ChatOptions['layout']>;
  readonly header: Partly<ChatOptions['header']>;
  readonly features: Partly<ChatOptions['features']>;
  readonly style: Partly<ChatOptions['style']>;
};

/** The options with defaults for what was not given. */
export function complete(given: Given): ChatOptions {
  const { layout, header, features, style } = given;
  const form: LayoutForm = layout.form ?? 'float';
  return {
    hostUrl: (given.hostUrl as string).replace(/\/+$/, ''),
    channel: given.channel,
    agentId: given.agentId,
    environmentId: given.environmentId ?? '',
    locale: given.locale || pageLocale(),
    token: given.token,
    getToken: given.getToken,
    layout: {
      form,
      width: layout.width || '400px',
      height: layout.height || '640px',
      customElement: layout.customElement,
      rootElementId: layout.rootElementId || 'root',
      showLauncher: form !== 'custom' && (layout.showLauncher ?? true),
      showOrchestrateHeader: layout.showOrchestrateHeader ?? true,
      showMaxWidth: layout.showMaxWidth ?? true,
    },
    header: {
      showResetButton: header.showResetButton ?? true,
      showAiDisclaimer: header.showAiDisclaimer ?? true,
      showMaximize: header.showMaximize ?? false,
      showAgentAvatar: header.showAgentAvatar ?? true,
      showAgentName: header.showAgentName ?? true,
    },
    features: { showThreadList: features.showThreadList ?? form !== 'float' },
    style: {
      headerColor: style.headerColor,
      primaryColor: style.primaryColor,
      userMessageBackgroundColor: style.userMessageBackgroundColor,
      showBackgroundGradient: style.showBackgroundGradient ?? true,
      fontFamily: style.fontFamily,
      theme: style.theme ?? 'auto',
    },
    threadId: given.threadId,
    rememberThread: given.rememberThread ?? true,
  };
}

/** The language of the page, else of the browser. */
function pageLocale(): string {
  return globalThis.document?.documentElement.lang || globalThis.navigator?.language || 'en';
}

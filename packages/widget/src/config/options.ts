/** How the chat stands on its page. */
export type LayoutForm = 'float' | 'fullscreen-overlay' | 'custom';

/** A place where a page may put elements of its own into the chat (Orchestrate: `getWriteableElement`). */
export const WRITEABLE_ELEMENTS = [
  'belowHeader',
  'aboveInputBar',
  'aboveWelcomeTitle',
  'belowWelcomeStarters',
  'aiTooltipAfterDescription',
  'chatWelcomeComponent',
] as const;

export type WriteableElement = (typeof WRITEABLE_ELEMENTS)[number];

/** Everything a page may decide about one chat, with defaults filled in: what `wxOConfiguration`, `createChat` and `<clew-chat>` become. */
export interface ChatOptions {
  /** Address of the server, without a slash at the end. */
  readonly hostUrl: string;
  /** What names the installation, or one of its channels (`orchestrationID`); the server is told with every call. */
  readonly channel?: string | undefined;
  /** Id or name of the agent; undefined: the server's default. */
  readonly agentId: string | undefined;
  /** Sent with every run; empty is the draft. */
  readonly environmentId: string;
  /** Language of the chat's own words, e.g. `de` or `pt-BR`. Default: the page's `lang`, else the browser's, else `en`. */
  readonly locale: string;
  /** A token that the page has already. */
  readonly token: string | undefined;
  /** Where the page gets a token (`identityTokenFunction`). */
  readonly getToken: (() => string | undefined | Promise<string | undefined>) | undefined;
  readonly layout: {
    readonly form: LayoutForm;
    /** CSS sizes of the window when it floats. Default `400px` and `640px`. */
    readonly width: string;
    readonly height: string;
    /** Where a `custom` chat stands; undefined: the element with `rootElementId`. */
    readonly customElement: HTMLElement | undefined;
    /** Default `root`; made when the page has none. */
    readonly rootElementId: string;
    /** False opens the chat at once. Default true; `custom` has none. */
    readonly showLauncher: boolean;
    /** The header bar. Default true. */
    readonly showOrchestrateHeader: boolean;
    /** Caps the width of the column of text. Default true. */
    readonly showMaxWidth: boolean;
  };
  readonly header: {
    readonly showResetButton: boolean;
    readonly showAiDisclaimer: boolean;
    readonly showMaximize: boolean;
    readonly showAgentAvatar: boolean;
    readonly showAgentName: boolean;
  };
  readonly features: {
    /** The list of earlier conversations. Default: true except when the chat floats. */
    readonly showThreadList: boolean;
  };
  readonly style: {
    /** `#rrggbb`, or undefined for the theme's own. The colour of what stands on it is computed. */
    readonly headerColor: string | undefined;
    readonly primaryColor: string | undefined;
    readonly userMessageBackgroundColor: string | undefined;
    readonly showBackgroundGradient: boolean;
    /** Default: a system font. */
    readonly fontFamily: string | undefined;
    /** Default `auto`: follows the reader's system. */
    readonly theme: 'light' | 'dark' | 'auto';
  };
  /** The thread to show at first; undefined: the one of the last visit to this tab, else none. */
  readonly threadId: string | undefined;
  /** Remember the thread over a reload of the page. Default true. */
  readonly rememberThread: boolean;
}

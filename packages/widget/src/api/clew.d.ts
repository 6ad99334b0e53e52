/** Types of `clew.js`, the embeddable chat of a Clew server. */

/** A piece of a message, e.g. `{ response_type: 'text', id: '1', text: 'Hello' }`. */
export interface ContentItem {
  response_type: string;
  id?: string;
  [member: string]: unknown;
}

export interface ChatLayout {
  /** Default `float`: a window in the corner. `custom` fills `element`. */
  form?: 'float' | 'fullscreen-overlay' | 'custom';
  /** CSS sizes of the window when it floats. Default `400px` and `640px`. */
  width?: string;
  height?: string;
  /** Where a `custom` chat stands: it needs a height. Default: the element with the id `root`. */
  element?: HTMLElement;
  /** False opens the chat at once. Default true. */
  showLauncher?: boolean;
  /** Default true. */
  showHeader?: boolean;
  /** Caps the width of the column of text. Default true. */
  showMaxWidth?: boolean;
}

export interface ChatStyle {
  /** Colours as `#rrggbb`; those of the text on them are computed. */
  headerColor?: string;
  primaryColor?: string;
  userMessageBackgroundColor?: string;
  showBackgroundGradient?: boolean;
  fontFamily?: string;
  /** Default `auto`: as the reader's system. */
  theme?: 'light' | 'dark' | 'auto';
}

export interface ChatOptions {
  /** Address of the server. Default: where `clew.js` comes from. */
  host?: string;
  /** Id or name of the agent. Default: the server's. */
  agent?: string;
  /** Channel of the server: its name or id. Default: the one that lists the page's origin, else `default`. */
  channel?: string;
  /** Sent with every run. */
  environment?: string;
  /** `en`, `de`, `es`, `fr`, `it`, `ja` or `pt-BR`. Default: the page's language. */
  locale?: string;
  /** A token for the server. */
  token?: string;
  /** Gives a token when the server wants one. */
  getToken?: () => string | undefined | Promise<string | undefined>;
  /** The form alone, or all of it. */
  layout?: 'float' | 'fullscreen-overlay' | 'custom' | ChatLayout;
  header?: {
    /** Default true. */
    showResetButton?: boolean;
    /** Default true. */
    showAiDisclaimer?: boolean;
    /** Default false. */
    showMaximize?: boolean;
    /** Default true. */
    showAgentAvatar?: boolean;
    /** Default true. */
    showAgentName?: boolean;
  };
  /** `showThreadList`: the list of earlier conversations. Default: true unless the chat floats. */
  features?: { showThreadList?: boolean };
  style?: ChatStyle;
  /** Id of the thread to show first. */
  thread?: string;
  /** Go on with the thread after a reload. Default true. */
  rememberThread?: boolean;
  /** Gets the instance before the chat is shown. */
  onLoad?: (instance: ChatInstance) => unknown;
}

export interface ViewState {
  readonly launcher: boolean;
  readonly mainWindow: boolean;
}

/** What a run is started with. */
export interface MessageRequest {
  message: {
    content: string | ContentItem[];
    /** `display_text` is what the reader sees in place of the content. */
    message_state?: { input?: { display_text?: string } };
    [member: string]: unknown;
  };
  context?: Record<string, unknown>;
  thread_id?: string;
  [member: string]: unknown;
}

/** An answer of an agent. */
export interface ChatMessage {
  id: string;
  content: ContentItem[];
  message_state: Record<string, unknown> | null;
  [member: string]: unknown;
}

type ViewChange = {
  reason: 'launcherClicked' | 'chatLoaded' | 'calledChangeView' | 'mainWindowMinimized';
  oldViewState: ViewState;
  newViewState: ViewState;
};
type Restart = { interactionType: 'restart_button' | 'new_chat_button' | 'instance_method' };

/** The members of every event beside `type`. Handlers of `pre:` events are awaited and may change them. */
export interface ChatEvents {
  'chat:ready': object;
  'pre:send': { message: MessageRequest };
  send: { message: MessageRequest };
  /** `delta.content = []` keeps the piece from the reader. */
  'pre:stream:delta': {
    messageId: string | undefined;
    threadId: string;
    runId: string;
    delta: { role: 'assistant'; content: ContentItem[] };
  };
  /** `saveUpdate = true` stores the changed content with the message. */
  'pre:receive': { message: ChatMessage; saveUpdate?: boolean };
  receive: { message: ChatMessage };
  /** Messages whose ids are put into `messageIdsForUpdate` are stored with their changed content. */
  'pre:threadLoaded': {
    messages: (ChatMessage & { messageId: string; sender: 'user' | 'response' })[];
    messageIdsForUpdate?: string[];
  };
  'pre:restartConversation': Restart;
  restartConversation: Restart;
  'view:pre:change': ViewChange;
  'view:change': ViewChange;
  /** Fill `hostElement` with what the item stands for. */
  userDefinedResponse: { contentItem: ContentItem; message: ChatMessage; hostElement: HTMLElement };
  customEvent: { customEventType: string; item: ContentItem; message: ChatMessage };
  feedback: {
    messageItem: ContentItem;
    message: ChatMessage;
    isPositive: boolean;
    interactionType: 'button' | 'details';
    text?: string;
    categories?: string[];
  };
  /** Set `authToken` to a fresh one. */
  authTokenNeeded: { authToken: string | null };
}

export type ChatEventHandler<N extends keyof ChatEvents> = (
  event: { type: N } & ChatEvents[N],
  instance: ChatInstance,
) => unknown;

/** An entry that the page adds to the header. */
export interface HeaderItem {
  readonly id: string;
  readonly text: string;
  readonly type?: 'dropdown';
  readonly items?: readonly { readonly id: string; readonly text: string; readonly onClick?: () => void }[];
  readonly onClick?: () => void;
}

/** Members that are left out stay as they are; `''` and `[]` take away. */
export interface WelcomeScreen {
  /** At most 150 characters of Markdown. */
  welcomeMessage?: string;
  description?: string;
  showTimestamp?: boolean;
  starterPrompts?: readonly { id?: string; title: string; subtitle?: string; prompt?: string }[];
}

export type WriteableElementName =
  | 'belowHeader'
  | 'aboveInputBar'
  | 'aboveWelcomeTitle'
  | 'belowWelcomeStarters'
  | 'aiTooltipAfterDescription'
  | 'chatWelcomeComponent';

/** One chat on the page. */
export interface ChatInstance {
  on<N extends keyof ChatEvents>(event: N, handler: ChatEventHandler<N>): void;
  once<N extends keyof ChatEvents>(event: N, handler: ChatEventHandler<N>): void;
  /** Without a handler all of them are taken off. */
  off<N extends keyof ChatEvents>(event: N, handler?: ChatEventHandler<N>): void;
  /** Says something in the reader's name; `silent` shows no bubble. Resolves once it is on its way. */
  send(message: string | MessageRequest, options?: { silent?: boolean }): Promise<void>;
  restartConversation(): Promise<void>;
  /** Shows a thread; without an id, the beginning of a new one. */
  loadThreadById(threadId?: string): Promise<void>;
  doAutoScroll(): void;
  scrollToMessage(messageId: string): void;
  /** Keeps an object of the page's with a message, in `message_state.user_defined`. */
  updateMessageStateUserDefined(messageId: string, userDefined: Record<string, unknown>): Promise<void>;
  /** @deprecated Older name of `updateMessageStateUserDefined`. */
  updateHistoryUserDefined(messageId: string, userDefined: Record<string, unknown>): Promise<void>;
  changeView(view: 'launcher' | 'mainWindow' | Partial<ViewState>): Promise<void>;
  updateCustomHeaderItems(items: readonly HeaderItem[]): void;
  getCustomHeaderItems(): readonly HeaderItem[];
  updateWelcomeScreen(change: WelcomeScreen): void;
  /** @deprecated Older name of `updateWelcomeScreen`. */
  updateHomeScreen(change: WelcomeScreen): void;
  /** An element of the page's own, shown at that place in the chat. */
  getWriteableElement(name: WriteableElementName): HTMLElement;
  updateLocale(locale: string): Promise<void>;
  getLocale(): string;
  updateAuthToken(token: string): void;
  /** @deprecated Older name of `updateAuthToken`. */
  updateIdentityToken(token: string): void;
  /**
   * Whoever chats leaves: in every tab of the page's origin the conversation is closed, messages that wait are thrown away and the token is forgotten; the server
   * takes it no more. Afterwards the chat begins anew and asks for a token, or has a new visitor.
   */
  logout(): Promise<void>;
  /** Takes the chat off the page with all that belongs to it. */
  destroy(): void;
}

/** Puts a chat on the page. Rejects with one sentence that says what is wrong with the options. */
export function createChat(options?: ChatOptions): Promise<ChatInstance>;

/**
 * `<clew-chat host="https://chat.example.com" agent="guide">`: a chat in mark-up. Further attributes: `layout` (`custom` fills the element, which then needs a
 * height), `width`, `height`, `locale`, `token`, `thread`, `channel`, `show-launcher`, `show-header`, `theme`, `primary-color`, `header-color`, `user-message-background-color`, `font-family`.
 */
export class ClewChatElement extends HTMLElement {
  /** What attributes cannot say. Set it before the element is put into the page. */
  options: ChatOptions;
  /** The chat, once the element is on the page. */
  readonly ready: Promise<ChatInstance>;
}

declare global {
  interface HTMLElementTagNameMap {
    'clew-chat': ClewChatElement;
  }
}

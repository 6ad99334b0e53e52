import type { Client, UploadedFile } from '@clew/wire/client';
import type { ChatOptions, WriteableElement } from '../config/options.ts';
import type { State } from '../conversation/state.ts';
import type { EventBus } from '../events/bus.ts';
import type { ItemSay } from '../items/context.ts';
import type { Words } from '../locale/words.ts';

/** What a reader can do. The conversation implements it; the view calls it. */
export interface Commands {
  /** Resolves once the message is on its way or in the outbox. */
  say(say: ItemSay & { readonly silent?: boolean; readonly files?: readonly UploadedFile[] }): Promise<void>;
  stop(): void;
  /** Tries the reply with this key again: listens again, sends again or asks anew. */
  retry(key: string): void;
  /** Tries again to show what could not be shown (`State.trouble`). */
  reopen(): void;
  restart(reason: 'restart_button' | 'new_chat_button' | 'instance_method'): Promise<void>;
  openThread(threadId: string | undefined): Promise<void>;
  /** Stores feedback for an item of a message; undefined takes it back. */
  giveFeedback(messageId: string, itemId: string, feedback: Feedback | undefined): Promise<void>;
}

/** As it stands in `message_state.content.<itemId>.feedback`. */
export interface Feedback {
  readonly is_positive: boolean;
  readonly text?: string;
  readonly selected_categories?: readonly string[];
}

/** A line or a menu that the page adds to the header. */
export interface HeaderItem {
  readonly id: string;
  readonly text: string;
  readonly type?: 'dropdown';
  readonly items?: readonly { readonly id: string; readonly text: string; readonly onClick?: () => void }[];
  readonly onClick?: () => void;
}

export interface PanelDeps {
  /** Empty element in the chat's shadow root that the panel fills. */
  readonly root: HTMLElement;
  /** The custom element that has the shadow root: children of it with a `slot` are shown inside. */
  readonly host: HTMLElement;
  readonly options: ChatOptions;
  readonly words: Words;
  readonly bus: EventBus;
  readonly client: Client;
  readonly commands: Commands;
  readonly state: State;
  /** The reader closes the window. Undefined: it has no close button (custom, or no launcher). */
  readonly onClose: (() => void) | undefined;
  /** The reader wants the window as large as the page, or as it was. Undefined: no button, whatever `header.showMaximize` says. */
  readonly onMaximize?: (maximized: boolean) => void;
}

/** The chat window on the screen. */
export interface Panel {
  /** Called after every change, at most once a frame. */
  update(state: State): void;
  setWords(words: Words): void;
  setHeaderItems(items: readonly HeaderItem[]): void;
  /** Overrides of the welcome screen come with the state. */
  focusInput(): void;
  scrollToMessage(messageId: string): void;
  scrollToEnd(): void;
  /** An element in the page's own tree that is shown at that place. Always the same one for a name. */
  writeable(name: WriteableElement): HTMLElement;
  destroy(): void;
}

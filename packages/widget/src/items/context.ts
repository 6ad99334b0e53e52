import type { Client, ContentItem } from '@clew/wire/client';
import type { EventBus } from '../events/bus.ts';
import type { IncomingMessage } from '../events/events.ts';
import type { Words } from '../locale/words.ts';

/** What is said to the agent by pressing or filling in something in its answer. */
export interface ItemSay {
  /** Text for the agent, or content items (a form's `form_operation`). */
  readonly content: string | ContentItem[];
  /** What the reader's bubble shows. Default: the text. */
  readonly display?: string;
}

/** What the renderer of a content item may use. */
export interface ItemContext {
  readonly words: Words;
  readonly bus: EventBus;
  readonly client: Client;
  /** Address of the server: what comes from there may be loaded without asking. */
  readonly hostUrl: string;
  /** The message of which the item is a part. */
  message(): IncomingMessage;
  /** Whether the item still waits for the reader: false once something was said after it. */
  open(): boolean;
  /** The `form_operation` item that was said right after it, where there was one before this visit. */
  formAnswer(): ContentItem | undefined;
  say(say: ItemSay): void;
  /** Renders a nested item (cards, carousels, grids). */
  render(item: ContentItem): HTMLElement;
  /** An element of the page's own inside the chat, for `user_defined` items: a slot that the page fills. */
  hostElement(): { readonly slot: HTMLElement; readonly host: HTMLElement };
  /** Aborts when the item is taken off the page. */
  readonly signal: AbortSignal;
}

/**
 * Renders one content item: the same function gives the element when the item is first shown and when the message is complete. An item that
 * cannot be understood throws; the transcript then shows a line that says so.
 */
export type ItemRenderer = (item: ContentItem, context: ItemContext) => HTMLElement;

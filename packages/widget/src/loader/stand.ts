import type { ChatInstance } from '../api/clew.d.ts';
import type { OpenedChat } from '../chat/door.ts';
import { createLauncher, type Launcher, type LauncherLook } from './launcher.ts';

/** What the loaded chat exports. */
export type ChatModule = typeof import('../chat/open.ts');

export interface StandOptions {
  /** Address of the folder that the widget is served from, with a slash at the end. */
  readonly base: string;
  /** Undefined: no launcher, the chat is opened at once. */
  readonly launcher: LauncherLook | undefined;
  /** Load the chat when the page has nothing else to do, or at once, without waiting for the reader. */
  readonly wanted: 'idle' | 'now' | undefined;
  readonly open: (chat: ChatModule, launcher: Launcher | undefined) => Promise<OpenedChat<ChatInstance>>;
  readonly onError: ((error: Error) => unknown) | undefined;
}

/** The place of a chat on a page, before and after the chat itself is there. */
export interface Stand {
  readonly alive: boolean;
  /** Loads the chat if need be. Rejects, after telling the console, when it cannot be loaded. */
  ready(): Promise<OpenedChat<ChatInstance>>;
  /** Takes the chat off the page, also one that is still being loaded. */
  remove(): void;
}

/** Files of the chat: itself, then what it imports; set by the build. */
declare const CHAT_CHUNKS: readonly string[];

/** Puts the launcher on the page and loads the chat when it is wanted. */
export function createStand({ base, launcher: look, wanted, open, onError }: StandOptions): Stand {
  let chat: OpenedChat<ChatInstance> | undefined;
  let coming: Promise<OpenedChat<ChatInstance>> | undefined;
  const nothing = () => {};

  // All at once, so that what the chat imports is on its way before the chat is there to ask. A module that has come is not fetched again.
  const load = async (): Promise<ChatModule> => (await Promise.all(CHAT_CHUNKS.map((file) => import(base + file))))[0];
  const ready = () => {
    coming ??= load()
      .then((module) => open(module, launcher))
      .then(
        (opened) => {
          chat = opened;
          return opened;
        },
        (error: Error) => {
          coming = undefined;
          console.error('[Clew] The chat could not be loaded.', error);
          onError?.(error);
          throw error;
        },
      );
    return coming;
  };
  const quietly = () => void ready().catch(nothing);
  const launcher =
    look &&
    createLauncher(look, {
      onIntent: () => void load().catch(nothing),
      onOpen: () => void ready().then((opened) => opened.open(), nothing),
    });
  if (wanted === 'now' || !launcher) quietly();
  else if (wanted) (globalThis.requestIdleCallback ?? setTimeout)(quietly);
  return {
    get alive() {
      return chat?.alive ?? launcher?.connected ?? true;
    },
    ready,
    remove() {
      launcher?.destroy();
      void coming?.then((opened) => opened.destroy(), nothing);
    },
  };
}

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
  /** Open the chat, not shown yet, when the page has nothing else to do, or at once, without waiting for the reader. Undefined: only its file is loaded ahead. */
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

/** The file of the chat; set by the build. */
declare const CHAT: string;

/** Puts the launcher on the page and loads the chat when it is wanted. */
export function createStand({ base, launcher: look, wanted, open, onError }: StandOptions): Stand {
  let chat: OpenedChat<ChatInstance> | undefined;
  let coming: Promise<OpenedChat<ChatInstance>> | undefined;
  const nothing = () => {};
  const idle = globalThis.requestIdleCallback ?? setTimeout;

  // A module that has come is not fetched again.
  const load = (): Promise<ChatModule> => import(base + CHAT);
  const fetchOnly = () => void load().catch(nothing);
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
      onIntent: fetchOnly,
      onOpen: () => void ready().then((opened) => opened.open(), nothing),
    });
  if (wanted === 'now' || !launcher) quietly();
  else if (wanted) idle(quietly);
  // The page comes first, and readers who pay for what is loaded ask themselves.
  else if (!(navigator as { connection?: { saveData?: boolean } }).connection?.saveData) {
    const soon = () => idle(fetchOnly);
    if (document.readyState === 'complete') soon();
    else addEventListener('load', soon, { once: true });
  }
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

/** The chat itself, loaded when it is wanted: what the loader and `clew.js` import. */
import { createClient } from '@clew/wire/client';
import type { ChatInstance } from '../api/clew.d.ts';
import { hooksOf, optionsOf } from '../config/complete.ts';
import type { Configuration } from '../config/keys.ts';
import type { ChatOptions } from '../config/options.ts';
import { createConversation } from '../conversation/conversation.ts';
import { createTokens } from '../conversation/tokens.ts';
import { createVisitor } from '../conversation/visitor.ts';
import { createBus, type Handler } from '../events/bus.ts';
import type { ViewChangeReason, ViewState } from '../events/events.ts';
import type { Launcher } from '../loader/launcher.ts';
import { loadWords } from '../locale/load.ts';
import { loadAnswers } from '../view/answers.ts';
import { createPanel } from '../view/panel.ts';
import type { Hooks, OpenedChat } from './door.ts';
import { createFrame } from './frame.ts';
import { createInstance } from './instance.ts';
import { createViews } from './views.ts';

// On its way while the reader still moves to the launcher, so that the first answer is formatted; the panel tells it when it fails.
loadAnswers().catch(() => {});

/** Opens the chat of a checked `window.wxOConfiguration`. */
export function openConfigured(
  values: Configuration,
  launcher: Launcher | undefined,
): Promise<OpenedChat<ChatInstance>> {
  return openChat(optionsOf(values), hooksOf(values), launcher);
}

/** Puts a chat on the page, behind its launcher if it has one, and tells the page: `onLoad`, `view:change`, `chat:ready`. */
export async function openChat(
  options: ChatOptions,
  hooks: Hooks,
  launcher: Launcher | undefined,
): Promise<OpenedChat<ChatInstance>> {
  let words = await loadWords(options.locale);
  const bus = createBus(() => instance);
  if (hooks.authTokenNeeded) bus.on('authTokenNeeded', hooks.authTokenNeeded as Handler<'authTokenNeeded'>);
  const headers: Record<string, string> = {};
  if (options.channel && /^[!-~]+$/.test(options.channel)) headers['x-ibm-wo-orchestrate-id'] = options.channel;
  const visitor = createVisitor({
    hostUrl: options.hostUrl,
    headers,
    storage: options.rememberThread ? storageOfPage() : undefined,
  });
  const tokens = createTokens(bus, options, visitor);
  const client = createClient({ baseUrl: options.hostUrl, token: tokens.source, headers });
  const conversation = createConversation({ client, bus, options, words, tokens });
  const frame = createFrame(options);
  const panel = createPanel({
    root: frame.root,
    host: frame.host,
    options,
    words,
    bus,
    client,
    commands: conversation,
    state: conversation.state,
    onClose: launcher && (() => void views.change({ launcher: true, mainWindow: false }, 'mainWindowMinimized')),
    onMaximize: (on) => frame.maximise(on),
  });
  frame.host.focus = () => panel.focusInput();
  launcher?.label(words.t('openChat'));
  const unsubscribe = conversation.subscribe((state) => panel.update(state));

  let begun: Promise<void> | undefined;
  const begin = () => {
    begun ??= conversation.open();
    return begun;
  };
  const show = (state: ViewState, reason: ViewChangeReason) => {
    const wasFocused = frame.focused;
    const opens = state.mainWindow && !frame.visible;
    launcher?.show(state.launcher);
    frame.show(state.mainWindow);
    if (opens) void begin();
    // A chat that stands in its page from the beginning does not take the focus from it.
    if (opens && (reason !== 'chatLoaded' || options.layout.form === 'fullscreen-overlay')) panel.focusInput();
    else if (!state.mainWindow && wasFocused) launcher?.focus();
  };
  const views = createViews(bus, show);

  let destroyed = false;
  const destroy = () => {
    if (destroyed) return;
    destroyed = true;
    unsubscribe();
    panel.destroy();
    conversation.destroy();
    frame.destroy();
    launcher?.destroy();
    bus.clear();
  };
  const instance = createInstance({
    bus,
    views,
    panel,
    conversation,
    begin,
    locale: {
      get code() {
        return words.locale;
      },
      async change(code) {
        words = await loadWords(code);
        if (destroyed) return;
        conversation.setWords(words);
        panel.setWords(words);
        launcher?.label(words.t('openChat'));
      },
    },
    destroy,
  });

  try {
    hooks.onLoad?.(instance);
  } catch (error) {
    console.error('[Clew] onLoad failed.', error);
  }
  if (!destroyed) {
    await views.change({ launcher: Boolean(launcher), mainWindow: !launcher }, 'chatLoaded');
    await bus.fire('chat:ready', {});
  }
  return {
    instance,
    get alive() {
      return !destroyed && frame.host.isConnected;
    },
    open: () => void views.change({ launcher: false, mainWindow: true }, 'launcherClicked'),
    destroy,
  };
}

/** Reading it throws where the page may not have any. */
function storageOfPage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

import type { ChatInstance, MessageRequest } from '../api/clew.d.ts';
import { WRITEABLE_ELEMENTS } from '../config/options.ts';
import type { Conversation } from '../conversation/conversation.ts';
import type { Say } from '../conversation/outgoing.ts';
import type { EventBus, Handler } from '../events/bus.ts';
import type { HeaderItem, Panel } from '../view/contract.ts';
import type { Views } from './views.ts';

export interface InstanceParts {
  readonly bus: EventBus;
  readonly views: Views;
  readonly panel: Panel;
  readonly conversation: Conversation;
  /** Shows what the conversation begins with, the first time. */
  readonly begin: () => Promise<void>;
  readonly locale: { readonly code: string; change(code: string): Promise<void> };
  readonly destroy: () => void;
}

/** The chat as its page knows it: every method of the Orchestrate web chat under its documented names, old and new. */
export function createInstance(parts: InstanceParts): ChatInstance {
  const { bus, views, panel, conversation, begin, locale } = parts;
  let headerItems: readonly HeaderItem[] = [];
  const keep: ChatInstance['updateMessageStateUserDefined'] = (messageId, userDefined) =>
    conversation.updateUserDefined(messageId, userDefined);
  const welcome: ChatInstance['updateWelcomeScreen'] = (change) => conversation.setWelcome(change);
  const token: ChatInstance['updateAuthToken'] = (fresh) => conversation.setToken(fresh);
  return {
    on: (name, handler) => bus.on(name, handler as Handler<typeof name>),
    once: (name, handler) => bus.once(name, handler as Handler<typeof name>),
    off: (name, handler) => bus.off(name, handler as Handler<typeof name> | undefined),
    async send(message, { silent = false } = {}) {
      await begin();
      await conversation.say({ ...sayOf(message), silent });
    },
    async restartConversation() {
      await begin();
      await conversation.restart('instance_method');
    },
    async loadThreadById(threadId) {
      await begin();
      await conversation.openThread(threadId);
    },
    doAutoScroll: () => panel.scrollToEnd(),
    scrollToMessage: (messageId) => panel.scrollToMessage(messageId),
    updateMessageStateUserDefined: keep,
    updateHistoryUserDefined: keep,
    async changeView(view) {
      const to =
        view === 'launcher' || view === 'mainWindow'
          ? { launcher: view === 'launcher', mainWindow: view === 'mainWindow' }
          : view;
      await views.change(to, 'calledChangeView');
    },
    updateCustomHeaderItems(items) {
      headerItems = items;
      panel.setHeaderItems(items);
    },
    getCustomHeaderItems: () => headerItems,
    updateWelcomeScreen: welcome,
    updateHomeScreen: welcome,
    getWriteableElement(name) {
      if (!WRITEABLE_ELEMENTS.includes(name))
        throw new Error(`There is no writeable element ${name}: use one of ${WRITEABLE_ELEMENTS.join(', ')}.`);
      return panel.writeable(name);
    },
    updateLocale: (code) => locale.change(code),
    getLocale: () => locale.code,
    updateAuthToken: token,
    updateIdentityToken: token,
    logout: () => conversation.logout(),
    destroy: parts.destroy,
  };
}

function sayOf(message: string | MessageRequest): Say {
  if (typeof message === 'string') return { content: message };
  const { content, message_state: state } = message.message;
  const display = state?.input?.display_text;
  return {
    content: content as Say['content'],
    ...(display === undefined ? {} : { display }),
    ...(message.context ? { context: message.context } : {}),
  };
}

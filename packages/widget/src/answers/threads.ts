import type { State } from '../conversation/state.ts';
import { el } from '../dom/element.ts';
import { iconNode } from '../dom/icons.ts';
import type { ThreadList } from '../history/index.ts';
import type { PanelDeps } from '../view/contract.ts';
import { kit } from './kit.ts';

export interface ThreadsDeps extends Pick<PanelDeps, 'client' | 'words' | 'commands'> {
  /** The reader has chosen one, or a new one. */
  onChosen(): void;
}

/** The place of the list of conversations, whose code is loaded when it is first shown. */
export class Threads {
  readonly element = el('div', { class: 'threads-place' });
  readonly #deps: ThreadsDeps;
  #list: ThreadList | undefined;
  #agentId: string | undefined;
  #threadId: string | undefined;
  #loading = false;

  constructor(deps: ThreadsDeps) {
    this.#deps = deps;
  }

  /** Called while the list is to be seen. */
  update({ agent, threadId }: State): void {
    if (this.#list && agent?.id !== this.#agentId) this.destroy();
    this.#threadId = threadId;
    if (this.#list) this.#list.update({ threadId });
    else if (agent) void this.#load(agent.id);
  }

  destroy(): void {
    this.#list?.destroy();
    this.#list = undefined;
    this.element.replaceChildren();
  }

  async #load(agentId: string): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const { client, words, commands, onChosen } = this.#deps;
    const go = (then: Promise<void>): void => {
      onChosen();
      void then;
    };
    try {
      const { createThreadList } = await kit.loadHistory();
      this.#agentId = agentId;
      this.#list = createThreadList({
        client,
        words,
        agentId,
        threadId: this.#threadId,
        onOpen: (threadId) => go(commands.openThread(threadId)),
        onNew: () => go(commands.restart('new_chat_button')),
      });
      this.element.replaceChildren(this.#list.element);
    } catch {
      const again = el('button', { type: 'button', class: 'plain' }, iconNode('retry'), words.t('tryAgain'));
      again.addEventListener('click', () => void this.#load(agentId));
      this.element.replaceChildren(el('p', { class: 'note' }, words.t('partFailed')), again);
    } finally {
      this.#loading = false;
    }
  }
}

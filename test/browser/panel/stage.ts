import type { Client } from '@clew/wire/client';
import type { ChatOptions } from '../../../packages/widget/src/config/options.ts';
import type { Entry, State } from '../../../packages/widget/src/conversation/state.ts';
import { createBus } from '../../../packages/widget/src/events/bus.ts';
import { ENGLISH } from '../../../packages/widget/src/locale/words.ts';
import type { Answer, Said } from '../../../packages/widget/src/transcript/answer.ts';
import type { Commands, Panel } from '../../../packages/widget/src/view/contract.ts';
import { createPanel } from '../../../packages/widget/src/view/panel.ts';

/** A panel that shows states made by hand, and keeps what its reader asked for. */
export interface PanelStage {
  mount(options?: { readonly style?: Partial<ChatOptions['style']> }): void;
  show(change: Partial<State>): void;
  question(key: string, text: string): Entry;
  reply(key: string, phase: Answer['phase'], content: object[], more?: Partial<Answer>): Entry;
  panel: Panel;
  root: HTMLElement;
  calls: unknown[][];
}

declare global {
  var panelStage: PanelStage;
}

const agent = { id: 'a', name: 'guide', display_name: 'Guide', additional_properties: { icon: null } };
const state: State = {
  agent: agent as unknown as State['agent'],
  agents: [],
  starters: undefined,
  welcome: { message: 'Hello', description: 'Ask me.', prompts: [], showTimestamp: false },
  threadId: undefined,
  entries: [],
  busy: false,
  loading: false,
  trouble: undefined,
  connection: 'online',
};

function optionsOf(style: Partial<ChatOptions['style']> = {}): ChatOptions {
  return {
    hostUrl: location.origin,
    agentId: undefined,
    environmentId: '',
    locale: 'en',
    token: undefined,
    getToken: undefined,
    layout: {
      form: 'float',
      width: '400px',
      height: '640px',
      customElement: undefined,
      rootElementId: 'root',
      showLauncher: true,
      showOrchestrateHeader: true,
      showMaxWidth: true,
    },
    header: {
      showResetButton: true,
      showAiDisclaimer: true,
      showMaximize: false,
      showAgentAvatar: true,
      showAgentName: true,
    },
    features: { showThreadList: false },
    style: {
      headerColor: undefined,
      primaryColor: undefined,
      userMessageBackgroundColor: undefined,
      showBackgroundGradient: true,
      fontFamily: undefined,
      theme: 'auto',
      ...style,
    },
    threadId: undefined,
    rememberThread: true,
  };
}

const said = (content: object[], id: string | undefined): Said => ({
  id,
  content: content as Said['content'],
  incomplete: false,
  interrupt: false,
  interim: false,
  state: null,
});

globalThis.panelStage = {
  panel: undefined as unknown as Panel,
  root: undefined as unknown as HTMLElement,
  calls: [],
  mount({ style } = {}) {
    const calls: unknown[][] = [];
    const host = document.createElement('div');
    const root = document.createElement('div');
    host.className = 'host';
    host.attachShadow({ mode: 'open' }).append(root);
    document.querySelector('main')?.replaceChildren(host);
    const note =
      (name: string) =>
      (...args: unknown[]) => {
        calls.push([name, ...args]);
        return Promise.resolve();
      };
    const names = ['say', 'stop', 'retry', 'reopen', 'restart', 'openThread', 'giveFeedback'];
    const commands = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as Commands;
    const bus = createBus(() => undefined);
    bus.on('feedback', ({ isPositive, interactionType }) => calls.push(['feedback', isPositive, interactionType]));
    bus.on('customEvent', ({ customEventType }) => calls.push([customEventType]));
    const panel = createPanel({
      root,
      host,
      options: optionsOf(style),
      words: ENGLISH,
      bus,
      client: {} as Client,
      commands,
      state,
      onClose: () => calls.push(['close']),
    });
    Object.assign(globalThis.panelStage, { panel, root, calls });
  },
  show: (change) => globalThis.panelStage.panel.update({ ...state, threadId: 't', ...change }),
  question: (key, text) => ({ kind: 'question', key, text, files: [], delivery: 'sent', at: 0 }),
  reply: (key, phase, content, more) => {
    const messages = content.length > 0 ? [said(content, phase === 'working' ? undefined : `m-${key}`)] : [];
    const base = { runId: 'r', threadId: 't', activity: undefined, steps: [], problem: undefined };
    return { kind: 'reply', key, agent: 'Guide', answer: { ...base, phase, messages, ...more }, at: 0 };
  },
};

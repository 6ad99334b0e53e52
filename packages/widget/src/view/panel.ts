import { html, nothing, render } from 'lit/html.js';
import type { State } from '../conversation/state.ts';
import { el } from '../dom/element.ts';
import { adopt } from '../theme/adopt.ts';
import themeCss from '../theme/theme.css';
import { applyTheme } from '../theme/tokens.ts';
import { type Answers, loadAnswers, warmAnswers } from './answers.ts';
import { createAttaching } from './attaching.ts';
import { Composer } from './composer.ts';
import type { HeaderItem, Panel, PanelDeps } from './contract.ts';
import { keepFocus } from './focus.ts';
import { Follower } from './follower.ts';
import frameCss from './frame.css';
import headerCss from './header.css';
import { headerView } from './header.ts';
import { icon } from './icon.ts';
import { WIDE, watchSize } from './size.ts';
import { createSlots } from './slots.ts';
import transcriptCss from './transcript.css';
import { Transcript } from './transcript.ts';
import { connectionView, troubleView } from './trouble.ts';
import { Voice } from './voice.ts';
import welcomeCss from './welcome.css';
import { welcomeView } from './welcome.ts';

/** Hosts know by it that `chatWelcomeComponent` has content (Orchestrate's own name). */
const BODY_CLASS = 'has-center-chat-component';

const SHEETS = [themeCss, frameCss, headerCss, welcomeCss, transcriptCss];

/** The chat window in `deps.root`, which gets the theme as well. */
export function createPanel(deps: PanelDeps): Panel {
  const { root, host, options, bus, client, commands, onClose } = deps;
  let { words, state } = deps;
  let items: readonly HeaderItem[] = [];
  let open: string | undefined;
  let replaced = false;
  let maximized = false;
  let threadsShown = false;
  const now = new Date();

  for (const css of SHEETS) adopt(root.getRootNode() as ShadowRoot, css);
  const stopTheme = applyTheme(root, options.style);
  root.classList.add('panel');
  root.toggleAttribute('data-gradient', options.style.showBackgroundGradient);
  root.toggleAttribute('data-narrow-text', options.layout.showMaxWidth);

  const slots = createSlots(host, (filled) => {
    replaced = filled;
    document.body.classList.toggle(BODY_CLASS, filled);
    draw();
  });
  const voice = new Voice(root);
  // By keyboard too a long answer can be scrolled.
  const scroller = el('div', { class: 'scroll', tabindex: '0', role: 'group' });
  const column = el('div', { class: 'column' });
  const welcomePlace = el('div');
  const attaching = createAttaching({ client, words: () => words, zone: root, say: voice.say, changed: () => draw() });
  const composer = new Composer({ send: (text) => say(text), stop: () => commands.stop() });
  let transcript = makeTranscript();
  let announcer: InstanceType<Answers['Announcer']> | undefined;
  let threads: InstanceType<Answers['Threads']> | undefined;
  let answers: Answers | undefined;
  column.append(welcomePlace, transcript.element);
  scroller.append(column);
  const follower = new Follower(scroller, column, () => draw());

  root.addEventListener('keydown', onEscape);
  root.addEventListener('input', warmAnswers, { once: true });
  draw();
  show(undefined);
  // A window that is not shown yet has no width.
  let measured = false;
  const stopSizing = watchSize(root, () => {
    if (!measured && options.features.showThreadList && root.clientWidth >= WIDE) toggleThreads(true);
    else if (threadsShown) draw();
    measured = true;
  });
  const alive = new AbortController();
  void loadAnswers().then(
    (loaded) => {
      if (alive.signal.aborted) return;
      answers = loaded;
      useAnswers();
    },
    (error: unknown) => console.error('[Clew] A part of the chat could not be loaded.', error),
  );

  return {
    update(next) {
      const before = state;
      state = next;
      const focused = (root.getRootNode() as ShadowRoot).activeElement;
      draw();
      show(before);
      keepFocus(focused, composer, scroller);
      voice.update(state, before, words);
    },
    setWords(next) {
      words = next;
      attaching.setWords(next);
      transcript.destroy();
      const place = transcript.element;
      transcript = makeTranscript();
      place.replaceWith(transcript.element);
      draw();
      show(undefined);
      useAnswers();
    },
    setHeaderItems(next) {
      items = next;
      draw();
    },
    focusInput: () => composer.focus(),
    scrollToMessage(messageId) {
      follower.leave();
      transcript.find(messageId)?.scrollIntoView({ block: 'start' });
    },
    scrollToEnd: () => follower.begin(),
    writeable: (name) => slots.writeable(name),
    destroy() {
      root.removeEventListener('keydown', onEscape);
      root.removeEventListener('input', warmAnswers);
      voice.destroy();
      stopSizing();
      follower.destroy();
      transcript.destroy();
      alive.abort();
      announcer?.destroy();
      threads?.destroy();
      attaching.destroy();
      slots.destroy();
      stopTheme();
      if (replaced) document.body.classList.remove(BODY_CLASS);
      render(nothing, root);
    },
  };

  function makeTranscript(): Transcript {
    return new Transcript({ words, bus, client, options, commands, slots });
  }

  /** What came with the second chunk, in the words of now. */
  function useAnswers(): void {
    if (!answers) return;
    announcer?.destroy();
    threads?.destroy();
    for (const css of answers.sheets) adopt(root.getRootNode() as ShadowRoot, css);
    announcer = new answers.Announcer({ words, say: voice.say, later });
    const onChosen = () => {
      if (root.clientWidth < WIDE) toggleThreads(false);
      composer.focus();
    };
    threads = new answers.Threads({ client, words, commands, onChosen });
    draw();
    show(undefined);
  }

  function say(text: string): void {
    const files = attaching.take();
    void commands.say({ content: text, ...(files.length > 0 ? { files } : {}) });
    follower.begin();
  }

  function draw(): void {
    const files = attaching.of(state);
    const { agent, entries, busy, trouble, connection } = state;
    const begun = entries.length > 0;
    const stuck = trouble !== undefined && !begun;
    scroller.ariaLabel = words.t('conversation');
    root.ariaLabel = agent?.display_name ?? words.t('chat');
    const header = headerView({
      words,
      options,
      agentName: agent?.display_name,
      agentIcon: agent?.additional_properties.icon ?? undefined,
      items,
      open,
      threads: options.features.showThreadList
        ? { shown: threadsShown, toggle: () => toggleThreads(!threadsShown) }
        : undefined,
      maximize: options.header.showMaximize && deps.onMaximize ? { on: maximized, toggle: toggleMaximized } : undefined,
      aiSlot: slots.nameOf('aiTooltipAfterDescription'),
      restart: begun ? () => void commands.restart('restart_button').then(() => composer.focus()) : undefined,
      close: onClose,
      toggle: (name) => {
        open = name;
        draw();
      },
    });
    const latest = html`<button type="button" class="latest" ?hidden=${!follower?.away} aria-label=${words.t('latest')} title=${words.t('latest')}
      @click=${() => scroller.scrollTo({ top: scroller.scrollHeight, behavior: 'smooth' })}>${icon('down')}</button>`;
    render(
      html`${header}<slot name=${slots.nameOf('belowHeader')}></slot>
        <div class="middle">
          <div class="side" ?hidden=${!threadsShown}>${threads?.element}</div>
          ${threadsShown ? html`<div class="veil" @click=${() => toggleThreads(false)}></div>` : nothing}
          <div class="chat" ?data-begun=${begun} ?inert=${threadsShown && root.clientWidth < WIDE}>
            ${scroller}
            <div class="foot">
              <div class="above">${latest}</div>
              ${begun && trouble ? troubleView(trouble, words, commands.reopen) : nothing}
              ${connectionView(connection, words)}
              <slot name=${slots.nameOf('aboveInputBar')}></slot>
              ${files?.list}
              ${composer.view({ words, agent: agent?.display_name, busy, usable: !stuck, attachments: files, disabled: stuck })}
            </div>
          </div>
        </div>
        ${voice.element}`,
      root,
    );
  }

  /** The parts that are not drawn anew every time. */
  function show(before: State | undefined): void {
    const { entries, loading, trouble } = state;
    const greets = entries.length === 0;
    if (greets) render(greeting(), welcomePlace);
    welcomePlace.hidden = !greets;
    scroller.setAttribute('aria-busy', String(loading));
    transcript.update(entries);
    announcer?.update(state);
    if (threadsShown) threads?.update(state);
    follower.enabled = !greets;
    if (greets) return;
    const opened = before && before.entries.length > 0 && before.threadId === state.threadId && !before.loading;
    if (!opened || (trouble && !before.trouble)) follower.begin();
    else follower.keep();
  }

  function greeting(): unknown {
    if (state.trouble) return troubleView(state.trouble, words, commands.reopen);
    if (state.loading || !state.agent) return html`<p class="note pending">${words.t('loading')}</p>`;
    const names = {
      title: slots.nameOf('aboveWelcomeTitle'),
      starters: slots.nameOf('belowWelcomeStarters'),
      whole: slots.nameOf('chatWelcomeComponent'),
    };
    return welcomeView({ state, words, slots: names, replaced, now, ask: say });
  }

  function toggleThreads(shown: boolean): void {
    threadsShown = shown;
    draw();
    if (shown) threads?.update(state);
  }

  function toggleMaximized(): void {
    maximized = !maximized;
    deps.onMaximize?.(maximized);
    draw();
  }

  /** Closes the innermost of what is open. */
  function onEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
    const covered = threadsShown && root.clientWidth < WIDE;
    if (open === undefined && !covered && !onClose) return;
    event.preventDefault();
    if (open === undefined && covered) {
      toggleThreads(false);
      root.querySelector<HTMLElement>('.header [aria-expanded]')?.focus();
      return;
    }
    if (open === undefined) {
      onClose?.();
      return;
    }
    const button = root.querySelector<HTMLElement>('.menu:not([hidden])')?.parentElement?.querySelector('button');
    open = undefined;
    draw();
    button?.focus();
  }
}

function later(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

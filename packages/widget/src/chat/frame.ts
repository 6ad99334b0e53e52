import type { ChatOptions } from '../config/options.ts';
import { adopt } from '../theme/adopt.ts';
import css from './frame.css';

/** Version of the widget; set by the build. */
declare const VERSION: string;

/** The element that has the chat's shadow root: one name a version, so that two of them on a page do not meet. */
const NAME = `clew-chat-${VERSION.replace(/[^\da-z]+/g, '-')}`;

/** What Tab stops at. */
const STOPS = ':is(a[href],button,input,select,textarea,summary,[tabindex="0"]):not(:disabled,[tabindex="-1"])';

class ChatElement extends HTMLElement {
  static readonly clew = true;
}

/** The place of the chat window on the page. */
export interface Frame {
  readonly host: HTMLElement;
  /** Where the panel goes. */
  readonly root: HTMLElement;
  readonly visible: boolean;
  show(visible: boolean): void;
  maximise(on: boolean): void;
  /** Whether the keyboard is in the chat. */
  readonly focused: boolean;
  destroy(): void;
}

/** Makes the window and puts it, not shown yet, where the layout wants it. */
export function createFrame({ layout }: ChatOptions): Frame {
  const { form } = layout;
  if (!customElements.get(NAME)) customElements.define(NAME, ChatElement);
  // The page may have given the name a meaning of its own; another copy of this module has not.
  const isOurs = 'clew' in (customElements.get(NAME) as object);
  const host = document.createElement(isOurs ? NAME : 'div');
  host.className =
    form === 'custom' ? 'wxo-custom-main' : form === 'float' ? 'wxo-float-main' : 'wxo-fullscreen-overlay-main';
  const shadow = host.attachShadow({ mode: 'open' });
  adopt(shadow, css);
  const frame = document.createElement('div');
  const root = document.createElement('div');
  frame.className = `frame ${form}`;
  frame.hidden = true;
  root.className = 'root';
  frame.append(root);
  shadow.append(frame);
  const { place, made } = placeOf(layout);
  place.append(host);
  const stopFitting = new AbortController();
  if (form !== 'custom') {
    // In the top layer no z-index and no transform of the page's matters.
    frame.popover = 'manual';
    frame.style.setProperty('--frame-width', layout.width);
    frame.style.setProperty('--frame-height', layout.height);
    fitAboveKeyboard(frame, stopFitting.signal);
    holdFocus(frame, root, stopFitting.signal);
  } else root.role = 'region';
  return {
    host,
    root,
    get visible() {
      return !frame.hidden;
    },
    show(visible) {
      if (visible !== frame.hidden) return;
      frame.hidden = !visible;
      if (!frame.popover) return;
      if (visible) frame.showPopover?.();
      else frame.hidePopover?.();
    },
    maximise: (on) => void frame.classList.toggle('maximised', on),
    get focused() {
      return shadow.activeElement !== null;
    },
    destroy() {
      stopFitting.abort();
      host.remove();
      made?.remove();
    },
  };
}

function placeOf({ form, customElement, rootElementId }: ChatOptions['layout']): {
  place: HTMLElement;
  made?: HTMLElement;
} {
  if (form !== 'custom') return { place: document.body };
  const place = customElement ?? document.getElementById(rootElementId);
  if (place) return { place };
  const made = document.createElement('div');
  made.id = rootElementId;
  document.body.append(made);
  return { place: made, made };
}

/**
 * A window that covers the page is a dialog, and Tab stays in it: what lies under it cannot be seen. One that floats is a part of the page like any
 * other, and Tab goes on to the page.
 */
function holdFocus(frame: HTMLElement, root: HTMLElement, signal: AbortSignal): void {
  const look = () => {
    const { width, height } = frame.getBoundingClientRect();
    const covers = width >= document.documentElement.clientWidth && height >= (window.visualViewport?.height ?? 0) - 1;
    root.role = covers ? 'dialog' : 'region';
    root.ariaModal = covers ? 'true' : null;
  };
  const sizing = new ResizeObserver(look);
  sizing.observe(frame);
  signal.addEventListener('abort', () => sizing.disconnect());
  /** Where a way with Tab begins and where it ends. */
  const ends = (backwards: boolean): (HTMLElement | undefined)[] => {
    const stops = [...root.querySelectorAll<HTMLElement>(STOPS)].filter(
      (one) => one.getClientRects().length > 0 && !one.closest('[inert]'),
    );
    return backwards ? [stops.at(-1), stops[0]] : [stops[0], stops.at(-1)];
  };
  /** The Tab that is down; nothing else that takes the focus to the page is held up. */
  let tab: KeyboardEvent | undefined;
  frame.addEventListener('keyup', () => (tab = undefined));
  frame.addEventListener('keydown', (event) => {
    tab = event.key === 'Tab' ? event : undefined;
    if (!tab || event.defaultPrevented || !root.ariaModal) return;
    const [first, last] = ends(event.shiftKey);
    if (event.target !== last) return;
    event.preventDefault();
    first?.focus();
  });
  // Safari passes over buttons and links, as long as it is not told otherwise: its last stop is another one.
  frame.addEventListener('focusout', ({ relatedTarget }) => {
    if (!tab || !root.ariaModal || !(relatedTarget instanceof Node)) return;
    // Elements of the page's own in the chat stand beside the shadow root.
    const { host } = frame.getRootNode() as ShadowRoot;
    if (!frame.contains(relatedTarget) && !host.contains(relatedTarget)) ends(tab.shiftKey)[0]?.focus();
  });
}

/** Keeps the window within what can be seen: the keyboard on the screen lies over the page and does not make it smaller. */
function fitAboveKeyboard(frame: HTMLElement, signal: AbortSignal): void {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    // Whoever has zoomed in moves about in the page as it is.
    const zoomed = view.scale > 1.01;
    const set = (name: string, px: number) =>
      zoomed ? frame.style.removeProperty(name) : frame.style.setProperty(name, `${Math.round(px)}px`);
    set('--frame-view', view.height);
    set('--frame-top', view.offsetTop);
    set('--frame-covered', Math.max(0, window.innerHeight - view.height - view.offsetTop));
  };
  view.addEventListener('resize', fit, { signal });
  view.addEventListener('scroll', fit, { signal });
  fit();
}

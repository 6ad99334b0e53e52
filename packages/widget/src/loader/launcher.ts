/** The button that opens the chat. */
export interface Launcher {
  /** Shows it or takes it away; it keeps its place. */
  show(visible: boolean): void;
  focus(): void;
  /** Sets its name for those who cannot see it. */
  label(text: string): void;
  /** Whether it is still on the page. */
  readonly connected: boolean;
  destroy(): void;
}

export interface LauncherLook {
  /** `#rrggbb`. Default: the thread's red. */
  readonly color: string | undefined;
  /** Default: the page's language. */
  readonly locale: string | undefined;
}

export interface LauncherEvents {
  onOpen(): void;
  /** The reader is about to press it; may be told more than once. */
  onIntent(): void;
}

const NAMES: Readonly<Record<string, string>> = {
  de: 'Chat öffnen',
  es: 'Abrir el chat',
  fr: 'Ouvrir le chat',
  it: 'Apri la chat',
  pt: 'Abrir o chat',
  ja: 'チャットを開く',
};

/** Draws the launcher in a shadow root of its own at the end of the page. */
export function createLauncher(look: LauncherLook, { onOpen, onIntent }: LauncherEvents): Launcher {
  const { color = '#b93a2a', locale = document.documentElement.lang || navigator.language } = look;
  const name = 'clew-launcher';
  // The page may have given the name a meaning of its own.
  const host = document.createElement(customElements.get(name) ? 'div' : name);
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `:host{all:initial!important}button{all:initial;position:fixed;bottom:calc(20px + env(safe-area-inset-bottom));inset-inline-end:20px;z-index:999999999;padding:16px;border-radius:50%;cursor:pointer;background:${color};color:${inkOn(color)};box-shadow:0 6px 20px #0004;forced-color-adjust:none}button:hover{box-shadow:0 6px 28px #0007}button:focus-visible{outline:3px solid;outline-offset:-6px}button::before{content:"";display:block;padding:12px;background:currentColor;clip-path:path("M12 3c5 0 9 3 9 8s-4 8-9 8l-3-.4-4.4 2.3c-.4.2-.9-.1-.8-.6l.7-3.8A8 8 0 0 1 3 11c0-5 4-8 9-8z")}[hidden]{display:none}`,
  );
  root.adoptedStyleSheets = [sheet];
  const button = document.createElement('button');
  button.ariaLabel = NAMES[locale.slice(0, 2)] ?? 'Open the chat';
  button.addEventListener('click', onOpen);
  button.onpointerenter = button.onfocus = onIntent;
  root.append(button);
  document.body.append(host);
  // In the top layer no z-index and no transform of the page's matters.
  button.popover = 'manual';
  button.showPopover?.();
  return {
    show(visible) {
      button.hidden = !visible;
    },
    focus: () => button.focus(),
    label(text) {
      button.ariaLabel = text;
    },
    get connected() {
      return host.isConnected;
    },
    destroy: () => host.remove(),
  };
}

/** Black or white, whichever stands out more. */
function inkOn(color: string): string {
  const rgb = Number.parseInt(color.slice(1), 16);
  return (rgb >> 16) * 3 + ((rgb >> 8) & 255) * 6 + (rgb & 255) > 1500 ? '#000' : '#fff';
}

/** The script `wxoLoader.js`: `window.wxoLoader.init()` puts the chat on the page that `window.wxOConfiguration` describes. */
import { check, explain } from '../config/check.ts';
import { KEYS } from '../config/keys.ts';
import { createStand, type Stand } from './stand.ts';

declare global {
  interface Window {
    wxOConfiguration?: unknown;
    wxoLoader?: { init(): void };
  }
}

const script = (document.currentScript as HTMLScriptElement | null)?.src;
let stand: Stand | undefined;
let placed: readonly unknown[] = [];

/** Pages call it more than once (React mounts twice, routes change): the chat that stands there stays, unless the page wants another. */
function init(): void {
  if (!document.body) {
    document.addEventListener('DOMContentLoaded', init, { once: true });
    return;
  }
  const { values, findings } = check(window.wxOConfiguration, KEYS);
  const { hostURL, chatOptions, layout } = values;
  const place = [hostURL, chatOptions.agentId, chatOptions.agentEnvironmentId, layout.form, layout.customElement];
  if (stand?.alive && place.every((one, at) => one === placed[at])) return;
  const onError = chatOptions.onError as ((error: Error) => unknown) | undefined;
  if (findings[0]) {
    const message = explain(findings, 'window.wxOConfiguration');
    console.error(message);
    if (findings.some(({ fatal }) => fatal)) {
      onError?.(new Error(message));
      return;
    }
  }
  stand?.remove();
  placed = place;
  stand = createStand({
    base: script?.replace(/(wxochat\/)?wxoLoader\.js.*/, '') ?? `${hostURL}/`,
    launcher:
      layout.form === 'custom' || (layout.showLauncher ?? values.showLauncher) === false
        ? undefined
        : { color: values.style.primaryColor, locale: values.defaultLocale },
    wanted: chatOptions.onLoad && 'idle',
    open: (chat, launcher) => chat.openConfigured(values, launcher),
    onError,
  });
}

window.wxoLoader ??= { init };

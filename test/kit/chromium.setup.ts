import { ensureChromium } from './chromium.ts';

/** Finds or installs Chromium once, before the browser tests begin, and tells them where it is. */
export default function setup(): void {
  process.env.CHROMIUM_PATH = ensureChromium();
}

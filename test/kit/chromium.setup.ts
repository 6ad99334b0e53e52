import { build } from '../../packages/widget/build.mjs';
import { ensureChromium } from './chromium.ts';

/** Once before the browser tests begin: finds or installs Chromium and tells them where it is, and builds what they open. */
export default async function setup(): Promise<void> {
  process.env.CHROMIUM_PATH = ensureChromium();
  await build();
}

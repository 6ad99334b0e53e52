import { found, type Line } from '../finding.ts';
import type { Frame } from './markup.ts';

/** What a chat in a frame cannot do without, and what its links and forms need. */
const FREE = ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-popups'];

/** Whether a sandbox keeps the chat in a frame from working. */
export function judgeSandbox({ sandbox }: Frame): Line[] {
  if (sandbox === undefined) return [];
  const allowed = sandbox.split(/\s+/).filter(Boolean);
  if (FREE.slice(0, 2).every((one) => allowed.includes(one))) return [];
  const what = 'The frame is sandboxed: what is in it may run no scripts, or has no origin, which no channel lists.';
  const all = [...new Set([...allowed, ...FREE])].join(' ');
  return [found('sandboxed', what, 'Allow scripts and the origin, or take the attribute away:', `sandbox="${all}"`)];
}

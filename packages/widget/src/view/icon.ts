import { html, type TemplateResult } from 'lit/html.js';
import { type IconName, PATHS } from '../dom/icons.ts';

/** An icon for a template. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]}></path></svg>`;
}

/** The stop sign is filled. */
export const stopIcon: TemplateResult = html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><rect class="full" x="7" y="7" width="10" height="10" rx="2"></rect></svg>`;

import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Word, Words } from '../locale/words.ts';
import type { Activity, Answer, Step } from '../transcript/answer.ts';

/** What the wire calls the activities that have words of ours. */
const ACTIVITIES: Readonly<Record<string, Word>> = {
  thinkingThisThrough: 'thinkingThisThrough',
  preparingYourResponse: 'preparingYourResponse',
  gettingAgentSetup: 'gettingAgentSetup',
  preparingGuidelines: 'preparingGuidelines',
  pullingEverythingTogether: 'pullingEverythingTogether',
  wrappingUpFinalResponse: 'wrappingUpFinalResponse',
};

/** What the agent does, in the reader's language where the wire names it. */
export function activityText(activity: Activity | undefined, words: Words): string {
  const word = activity && Object.hasOwn(ACTIVITIES, activity.key) ? ACTIVITIES[activity.key] : undefined;
  return word ? words.t(word) : (activity?.text ?? '');
}

/** What happens and what was done on the way to an answer: one quiet line, which opens where there is more to see. */
export function stepsView({ phase, activity, steps, messages }: Answer, words: Words): TemplateResult | typeof nothing {
  const working = phase === 'working';
  // Once there is text, what goes on is told below it.
  const doing = working && messages.length === 0 ? activityText(activity, words) || words.t('thinking') : '';
  if (steps.length === 0) return doing ? html`<p class="doing live"><span>${doing}</span></p>` : nothing;
  const last = steps.at(-1) as Step;
  const label = doing || (steps.length === 1 ? last.title : words.t('manySteps', { count: steps.length }));
  return html`<details class="steps">
    <summary class=${doing ? 'doing live' : 'doing'}><span dir="auto">${label}</span></summary>
    <ol>
      ${steps.map(
        ({ title, input, output }) => html`<li class=${working && output === undefined ? 'live' : ''}>
          <span class="step-title" dir="auto">${title}</span>
          ${data(words.t('stepInput'), input)}${data(words.t('stepOutput'), output)}
        </li>`,
      )}
    </ol>
  </details>`;
}

function data(label: string, text: string | undefined): TemplateResult | typeof nothing {
  if (!text) return nothing;
  return html`<p class="step-label">${label}</p><pre tabindex="0" dir="ltr" role="group" aria-label=${label}>${text}</pre>`;
}

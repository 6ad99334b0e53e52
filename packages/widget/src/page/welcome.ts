import type { State } from '../conversation/state.ts';
import { el, icon } from '../dom/element.ts';
import { renderLine } from '../markdown/render.ts';

/** What stands before the first message: a greeting, what the agent is for, and questions to begin with. */
export function welcome(
  { welcome: settings, agent, trouble }: State,
  on: { ask(prompt: string): void; again(): void },
): Node[] {
  if (trouble !== undefined) {
    const again = el('button', { type: 'button', class: 'plain' }, 'Try again');
    again.addEventListener('click', on.again);
    return [el('div', { class: 'problem', role: 'alert' }, icon('alert'), el('p', {}, trouble), again)];
  }
  if (!agent) return [];
  const content = settings?.welcome_content;
  const greeting = content && !content.is_default_message ? content.welcome_message : `Ask ${agent.display_name}`;
  const description = content && !content.is_default_description ? content.description : agent.description;
  const prompts = (settings?.starter_prompts.prompts ?? [])
    .filter(({ state }) => state !== 'inactive')
    .map(({ title, subtitle, prompt }) => {
      const button = el(
        'button',
        { type: 'button' },
        el('span', { class: 'title' }, title || prompt),
        subtitle !== '' && el('span', { class: 'subtitle' }, subtitle),
      );
      button.addEventListener('click', () => on.ask(prompt));
      return el('li', {}, button);
    });
  return [
    el('h1', {}, ...renderLine(greeting)),
    ...(description ? [el('p', { class: 'lead' }, ...renderLine(description))] : []),
    ...(prompts.length > 0
      ? [el('ul', { class: 'prompts', 'aria-label': 'Questions to begin with' }, ...prompts)]
      : []),
  ];
}

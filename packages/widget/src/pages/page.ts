import type { Agent } from '@clew/wire/client';

/** The element with this id, which the page has. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** Offers the agents by display name; `wanted` is an id or a name. */
export function fillChooser(chooser: HTMLSelectElement, agents: readonly Agent[], wanted: string | undefined): void {
  chooser.replaceChildren(...agents.map(({ name, display_name: label }) => new Option(label, name)));
  const chosen = agents.find(({ id, name }) => id === wanted || name === wanted) ?? agents[0];
  if (chosen) chooser.value = chosen.name;
  chooser.disabled = agents.length < 2;
}

/** Copies a text and says so on the button. */
export function copyOnClick(button: HTMLElement, text: () => string): void {
  const label = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text());
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = label;
    }, 2_000);
  });
}

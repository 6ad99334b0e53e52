import { el } from '../dom/element.ts';

/** So many frames are left out together while they are out of sight. */
const SIZE = 16;

/**
 * Keeps frames in order, in groups. What is out of sight is left out by the browser (`content-visibility`), and it looks at each such element in every
 * frame: with one for each of 2,000 messages a scroll misses a seventh of its frames.
 */
export class Groups {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** Takes a frame out. */
  remove(node: HTMLElement): void {
    const group = node.parentElement;
    node.remove();
    if (group?.childElementCount === 0) group.remove();
  }

  /** Puts `nodes` in this order. Those that are there already, all of which must be among them, do not move. */
  arrange(nodes: readonly HTMLElement[]): void {
    let before: HTMLElement | undefined;
    // All that is new in one place goes in at once: a long thread is a few changes of the page, not thousands.
    let fresh: HTMLElement[] = [];
    for (const node of nodes) {
      if (!node.parentElement) {
        fresh.push(node);
        continue;
      }
      this.#insert(fresh, before);
      fresh = [];
      before = node;
    }
    this.#insert(fresh, before);
  }

  #insert(nodes: HTMLElement[], before: HTMLElement | undefined): void {
    if (nodes.length === 0) return;
    const group = before?.parentElement;
    // In the middle of a group they make it larger; at its end they fill it up.
    const room = group?.lastElementChild === before ? SIZE - (group?.childElementCount ?? SIZE) : nodes.length;
    if (before) before.after(...nodes.splice(0, Math.max(0, room)));
    const groups: HTMLElement[] = [];
    while (nodes.length > 0) groups.push(el('div', { class: 'group' }, ...nodes.splice(0, SIZE)));
    if (group) group.after(...groups);
    else this.#place.prepend(...groups);
  }
}

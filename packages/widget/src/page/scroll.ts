import { byId } from '../dom/element.ts';

/** How far from the end still counts as there, and how far from where we put it as moved, in pixels. */
const NEAR = 48;
const MOVED = 4;

/** What stays in sight above a question that has been scrolled to the top. */
const MARGIN = 24;

/**
 * Keeps the end in sight while text comes, but never scrolls the question away that it answers: a long answer is read from its beginning. Once
 * the person scrolls, nothing moves by itself; a button leads to the end.
 */
export class Follower {
  readonly #area = byId('scroll');
  readonly #button = byId('latest');
  #following = true;
  #put = 0;

  constructor() {
    this.#area.addEventListener('scroll', () => this.#look(), { passive: true });
    this.#button.addEventListener('click', () => {
      this.#area.scrollTo({ top: this.#area.scrollHeight, behavior: 'smooth' });
    });
    new ResizeObserver(() => this.keep()).observe(this.#area);
  }

  /** After something has changed. */
  keep(): void {
    if (this.#following) {
      this.#area.scrollTop = Math.min(this.#end(), this.#question());
      this.#put = this.#area.scrollTop;
    }
    this.#button.hidden = this.#left() < NEAR;
  }

  /** To the newest question, whatever the person has scrolled to. */
  begin(): void {
    this.#following = true;
    this.keep();
  }

  #look(): void {
    if (Math.abs(this.#area.scrollTop - this.#put) > MOVED) this.#following = false;
    this.#button.hidden = this.#left() < NEAR;
  }

  #end(): number {
    return this.#area.scrollHeight - this.#area.clientHeight;
  }

  #left(): number {
    return this.#end() - this.#area.scrollTop;
  }

  /** Where the newest question stands at the top. */
  #question(): number {
    const question = [...this.#area.querySelectorAll('.question')].at(-1);
    if (!question) return 0;
    const offset = question.getBoundingClientRect().top - this.#area.getBoundingClientRect().top;
    return Math.max(0, this.#area.scrollTop + offset - MARGIN);
  }
}

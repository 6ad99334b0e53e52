/** How far from the end still counts as there, in pixels. */
const NEAR = 48;

/** Keeps the end of `area` in sight while it grows, until the reader scrolls up; and again when the reader comes back to the end. */
export class Follower {
  readonly #area: HTMLElement;
  readonly #onMoved: () => void;
  readonly #resizing: ResizeObserver;
  #following = true;
  /** Off while there is nothing to follow: a welcome is read from its beginning. */
  enabled = false;
  #top = 0;

  /** `onMoved` is called when `away` may have changed. */
  constructor(area: HTMLElement, content: HTMLElement, onMoved: () => void) {
    this.#area = area;
    this.#onMoved = onMoved;
    area.addEventListener('scroll', () => this.#look(), { passive: true });
    this.#resizing = new ResizeObserver(() => this.keep());
    this.#resizing.observe(area);
    this.#resizing.observe(content);
  }

  /** Whether the end is out of sight. */
  get away(): boolean {
    return !this.#following && this.enabled;
  }

  /** After something has changed. */
  keep(): void {
    if (!this.#following || !this.enabled) return;
    this.#area.scrollTop = this.#area.scrollHeight;
    this.#top = this.#area.scrollTop;
  }

  /** To the end, whatever the reader has scrolled to. */
  begin(): void {
    this.#set(true);
    this.keep();
  }

  /** The reader is led elsewhere. */
  leave(): void {
    this.#set(false);
  }

  destroy(): void {
    this.#resizing.disconnect();
  }

  #look(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.#area;
    const near = scrollHeight - clientHeight - scrollTop < NEAR;
    // Only upwards: content that grows leaves the end behind too.
    if (near || !this.enabled) this.#set(true);
    else if (scrollTop < this.#top - 2) this.#set(false);
    this.#top = scrollTop;
  }

  #set(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    this.#onMoved();
  }
}

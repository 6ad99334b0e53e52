import type { Client, UploadedFile } from '@clew/wire/client';
import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import type { Words } from '../locale/words.ts';

export interface AttachDeps {
  readonly client: Pick<Client, 'upload'>;
  readonly words: Words;
  /** Files can be dropped here, and pasted. */
  readonly zone: HTMLElement;
  /** Tells those who listen. */
  readonly say: (text: string) => void;
  /** Something changed: whether a message can be sent, for instance. */
  readonly changed: () => void;
}

/** Drawn here: with the other icons the chunk would be a third larger. */
const PAPERCLIP =
  'M19.5 11.5l-7.8 7.8a5 5 0 0 1-7-7l8.2-8.2a3.3 3.3 0 0 1 4.7 4.7l-8.2 8.2a1.7 1.7 0 0 1-2.4-2.4l7.5-7.5';
const CROSS = 'M6 6l12 12M18 6L6 18';

/** A file on its way into the next message. */
interface Chosen {
  readonly element: HTMLElement;
  readonly leave: AbortController;
  /** Undefined while it is being sent, and when it could not be. */
  sent: UploadedFile | undefined;
  state: 'sending' | 'ready' | 'failed';
}

/** The files of the next message: chosen by a button, dropped or pasted, sent at once, and taken back by the button on each. */
export class Attachments {
  readonly button = el('button', { type: 'button', class: 'attach' }, drawing(PAPERCLIP));
  /** Stands above the composer. */
  readonly list = el('ul', { class: 'sent-files attachments', hidden: true });
  readonly #input = el('input', { type: 'file', multiple: true, hidden: true });
  readonly #drop = el('div', { class: 'drop', hidden: true });
  readonly #deps: AttachDeps;
  readonly #end = new AbortController();
  #words: Words;
  #files: readonly Chosen[] = [];
  #depth = 0;

  constructor(deps: AttachDeps) {
    this.#deps = deps;
    this.#words = deps.words;
    const { zone } = deps;
    const { signal } = this.#end;
    this.button.append(this.#input);
    this.button.addEventListener('click', (event) => event.target !== this.#input && this.#input.click());
    this.#input.addEventListener('change', () => {
      this.add([...(this.#input.files ?? [])]);
      this.#input.value = '';
    });
    zone.append(this.#drop);
    // Entering a child comes before leaving its parent.
    zone.addEventListener('dragenter', (event) => this.#hover(event, 1), { signal });
    zone.addEventListener('dragleave', (event) => this.#hover(event, -1), { signal });
    zone.addEventListener('dragover', (event) => hasFiles(event.dataTransfer) && event.preventDefault(), { signal });
    zone.addEventListener('drop', (event) => this.#take(event, event.dataTransfer), { signal });
    zone.addEventListener('paste', (event) => this.#take(event, event.clipboardData), { signal });
    this.setWords(deps.words);
  }

  /** Whether there is a file that a message can be sent with. */
  get any(): boolean {
    return this.#files.some(({ state }) => state === 'ready');
  }

  /** A file is on its way: the message waits for it. */
  get busy(): boolean {
    return this.#files.some(({ state }) => state === 'sending');
  }

  add(files: readonly File[]): void {
    for (const file of files) void this.#send(file);
  }

  /** What goes with the message that is being sent; there is nothing left then. */
  take(): UploadedFile[] {
    const sent = this.#files.flatMap((one) => one.sent ?? []);
    this.#keep([]);
    return sent;
  }

  setWords(words: Words): void {
    this.#words = words;
    this.button.title = this.button.ariaLabel = words.t('attach');
    this.list.ariaLabel = words.t('attachments');
    this.#drop.textContent = words.t('dropFiles');
  }

  destroy(): void {
    this.#end.abort();
    this.#keep([]);
    for (const element of [this.button, this.list, this.#drop]) element.remove();
  }

  async #send(file: File): Promise<void> {
    const remove = el(
      'button',
      { type: 'button', 'aria-label': this.#words.t('remove', { name: file.name }) },
      drawing(CROSS),
    );
    const element = el('li', {}, el('span', { dir: 'auto' }, file.name), remove);
    const chosen: Chosen = { element, leave: new AbortController(), sent: undefined, state: 'sending' };
    const settle = (state: Chosen['state'], problem = ''): void => {
      chosen.state = element.dataset.state = state;
      element.ariaBusy = String(state === 'sending');
      element.title = problem;
      if (problem !== '') this.#deps.say(problem);
      this.#deps.changed();
    };
    remove.addEventListener('click', () => {
      this.#keep(this.#files.filter((one) => one !== chosen));
      this.button.focus();
    });
    this.#keep([...this.#files, chosen]);
    settle('sending');
    try {
      const [sent] = await this.#deps.client.upload([file], { signal: chosen.leave.signal });
      chosen.sent = sent;
      settle('ready');
    } catch (error) {
      if (chosen.leave.signal.aborted) return;
      // By its status: the class of the error is another one here, as each chunk is bundled on its own.
      const isRefused = [413, 415].includes(Number((error as { status?: unknown } | null)?.status));
      settle('failed', isRefused ? this.#words.t('fileRefused', { name: file.name }) : this.#words.t('uploadFailed'));
    }
  }

  /** What is left out is not sent any further. */
  #keep(files: readonly Chosen[]): void {
    for (const one of this.#files) if (!files.includes(one)) one.leave.abort();
    this.#files = files;
    this.list.replaceChildren(...files.map(({ element }) => element));
    this.list.hidden = files.length === 0;
    this.#deps.changed();
  }

  #hover(event: DragEvent, step: 1 | -1): void {
    if (!hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    this.#depth = Math.max(0, this.#depth + step);
    this.#drop.hidden = this.#depth === 0;
  }

  #take(event: Event, from: DataTransfer | null): void {
    if (!from || !hasFiles(from)) return;
    // Text that is copied from an office document brings a picture of itself along.
    if (event.type === 'paste' && from.types.includes('text/plain')) return;
    event.preventDefault();
    this.#depth = 0;
    this.#drop.hidden = true;
    this.add([...from.files]);
  }
}

function hasFiles(from: DataTransfer | null): boolean {
  return from?.types.includes('Files') ?? false;
}

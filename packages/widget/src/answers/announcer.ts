import type { Entry, Reply, State } from '../conversation/state.ts';
import type { Words } from '../locale/words.ts';
import { Spoken } from './spoken.ts';

export interface AnnouncerOptions {
  readonly words: Words;
  /** Puts a text where screen readers hear it. */
  say(text: string): void;
  /** Calls back after so many milliseconds; what it returns takes that back. */
  later(run: () => void, ms: number): () => void;
}

/** Sentences are gathered this long, so that a fast answer is not read piece by piece. */
const BATCH_MS = 1_500;

/**
 * Tells those who listen, in words without signs: that an answer begins, then its sentences in batches once nothing can change them, then that it
 * is complete, stopped, or why it failed. Answers that were there when the thread was opened are not read.
 */
export class Announcer {
  readonly #options: AnnouncerOptions;
  #finished = new Set<string>();
  /** The reply that is being read, what of it was read, and how it is read. */
  #reading: { reply: Reply; spoken: string; readonly voice: Spoken } | undefined;
  #cancel: (() => void) | undefined;
  #threadId: string | undefined;
  #loading = true;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  update({ entries, threadId, loading }: State): void {
    const opened = loading || this.#loading || (this.#threadId !== undefined && threadId !== this.#threadId);
    this.#threadId = threadId;
    this.#loading = loading;
    if (opened) {
      this.destroy();
      this.#finished = new Set(entries.filter(isFinished).map(({ key }) => key));
    }
    const reply = entries.at(-1);
    if (reply?.kind !== 'reply') return;
    if (!isFinished(reply)) this.#finished.delete(reply.key);
    if (!this.#finished.has(reply.key)) this.#hear(reply);
  }

  /** Says nothing more. */
  destroy(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#reading = undefined;
  }

  #hear(reply: Reply): void {
    const { words, say, later } = this.#options;
    if (this.#reading?.reply.key !== reply.key) {
      this.destroy();
      this.#reading = { reply, spoken: '', voice: new Spoken(words) };
      say(words.t('answerBegins', { agent: reply.agent || words.t('answer') }));
    } else this.#reading.reply = reply;
    if (!isFinished(reply)) {
      this.#cancel ??= later(() => {
        this.#cancel = undefined;
        this.#speak();
      }, BATCH_MS);
      return;
    }
    this.#speak();
    this.destroy();
    this.#finished.add(reply.key);
    const { phase, problem, messages } = reply.answer;
    if (phase === 'done') say(words.t(messages.at(-1)?.interrupt ? 'yourTurn' : 'answerComplete'));
    else say(phase === 'stopped' ? words.t('stopped') : (problem ?? words.t('somethingWrong')));
  }

  #speak(): void {
    if (!this.#reading) return;
    const { reply, spoken, voice } = this.#reading;
    const text = voice.read(reply.answer);
    const rest = text.startsWith(spoken) ? text.slice(spoken.length) : text;
    this.#reading.spoken = text;
    if (rest.trim() !== '') this.#options.say(rest.trim());
  }
}

function isFinished(entry: Entry): boolean {
  return entry.kind === 'question' || entry.answer.phase !== 'working';
}

import type { CitationPart } from '../../model/index.ts';
import type { Emit, InnerEmit } from '../../ports/index.ts';
import { splitSentences } from '../guide/excerpt.ts';
import { MarkReader } from './marks.ts';
import type { Sources } from './sources.ts';

/** Between the texts of two calls of the model in one message. */
const BETWEEN = '\n\n';

/** Says what the model writes: without the marks of its sources, which become citations of the sentences before them, after the text. */
export class Speaker {
  /** For those who speak in the same message: what they say is counted. */
  readonly emit: Emit;
  readonly #inner: Emit;
  readonly #sources: Sources;
  /** Of the reply that is being said; undefined when there is nothing that marks could name. */
  #marks: MarkReader | undefined;
  /** The text of the open message. */
  #said = '';
  #citations: CitationPart[] = [];
  /** The reply that is being said has shown something. */
  #begun = false;

  constructor(emit: Emit, sources: Sources) {
    this.#inner = emit;
    this.#sources = sources;
    this.emit = this.#counting(emit);
  }

  /** A piece of the model's reply. */
  say(piece: string): void {
    const text = this.#begun ? piece : piece.trimStart();
    if (text === '') return;
    if (!this.#begun && this.#said !== '' && !this.#said.endsWith(BETWEEN)) this.#text(BETWEEN);
    if (!this.#begun && this.#sources.any) this.#marks = new MarkReader(this.#sources.has);
    this.#begun = true;
    this.#show(this.#marks ? this.#marks.read(text) : [text]);
  }

  /** The reply is over: what was held back is said. */
  endReply(): void {
    if (this.#marks) this.#show(this.#marks.end());
    this.#marks = undefined;
    this.#begun = false;
  }

  /** Adds the citations to the open message: once its text is complete. */
  async cite(): Promise<void> {
    const citations = this.#citations;
    this.#citations = [];
    for (const one of citations) await this.#inner.part(one);
  }

  #show(marked: ReturnType<MarkReader['read']>): void {
    for (const piece of marked) {
      if (typeof piece === 'string') this.#text(piece);
      else for (const number of piece.sources) this.#note(number);
    }
  }

  #text(text: string): void {
    this.#said += text;
    this.#inner.text(text);
  }

  #note(number: number): void {
    const source = this.#sources.citation(number);
    const range = lastSentence(this.#said);
    if (!source || !range) return;
    const known = ({ source: place, title, start }: CitationPart) =>
      place === source.source && title === source.title && start === range.start;
    if (!this.#citations.some(known)) this.#citations.push({ ...source, ...range });
  }

  async #newMessage(): Promise<void> {
    await this.cite();
    this.#said = '';
  }

  #counting(emit: Emit): Emit {
    return {
      text: (text) => this.#text(text),
      part: (part) => {
        if (part.type === 'text') this.#said += part.text;
        return emit.part(part);
      },
      endMessage: async () => {
        await this.#newMessage();
        await emit.endMessage();
      },
      message: async (parts) => {
        await this.#newMessage();
        await emit.message(parts);
      },
      ...this.#asking(emit),
      step: (info, work) => emit.step(info, work),
      setContext: (values) => emit.setContext(values),
      state: () => emit.state(),
      setState: (state) => emit.setState(state),
      custom: (value) => emit.custom(value),
      flush: () => emit.flush(),
    };
  }

  /** A question ends the open message, also one that is asked inside of a step. */
  #asking(emit: InnerEmit): Pick<Emit, 'ask' | 'within'> {
    return {
      ask: async (question, options) => {
        await this.#newMessage();
        return emit.ask(question, options);
      },
      within: (stepId) => {
        const inner = emit.within(stepId);
        return { step: (info, work) => inner.step(info, work), ...this.#asking(inner) };
      },
    };
  }
}

/** The last sentence of a text that has one, in code points; the mark of a list before it is none of it. */
function lastSentence(text: string): { start: number; end: number } | undefined {
  const whole = text.trimEnd();
  if (whole === '') return undefined;
  const line = whole.slice(whole.lastIndexOf('\n') + 1);
  const sentence = (splitSentences(line).at(-1) ?? line).replace(/^\s*(?:(?:[-*+>]|#+|\d+[.)])\s+)*/, '');
  const end = lengthOf(whole);
  return { start: end - lengthOf(sentence), end };
}

function lengthOf(text: string): number {
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}

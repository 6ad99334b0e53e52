/** What a reply in the ReAct format comes to. */
export type ReactOutcome =
  | { readonly is: 'action'; readonly name: string /** JSON of an object. */; readonly input: string }
  | { readonly is: 'answer' }
  /** It wrote nothing at all. */
  | { readonly is: 'empty' }
  /** It kept to no format; why, in words for the model. */
  | { readonly is: 'malformed'; readonly fault: string };

/** Who hears a reply while it comes. */
export interface ReactListener {
  /** Of the answer. */
  text(piece: string): void;
  /** Of its thoughts, and of whatever stands outside of the format. */
  thought(piece: string): void;
}

type Section = 'thought' | 'action' | 'input' | 'answer' | 'over';

const LABELS = ['thought:', 'action:', 'action input:', 'observation:', 'final answer:'];
const LABEL = /^[ \t]*(?:#+[ \t]*)?(\*\*)?(thought|action input|action|observation|final answer)(\*\*)?[ \t]*:/i;
/** So much of a line is looked at before it is no label. */
const LONGEST_LABEL = 40;
const NO_ACTION = /^(?:none|no action|n\/?a|-)?$/i;

/**
 * Reads a reply in the ReAct format (Yao et al. 2022, in the words that LangChain made common: Thought, Action, Action Input, Observation, Final Answer) piece by piece. Labels
 * count at the beginning of a line. Only what follows `Final Answer:` is the answer and is heard as such at once; everything else is a thought, so that a model that
 * forgets the format never thinks aloud before the person. What follows an observation was made up by the model and is passed over.
 */
export class ReactReader {
  readonly #listener: ReactListener;
  #section: Section = 'thought';
  /** What came and is not yet told to be label or text. */
  #pending = '';
  #atLineStart = true;
  /** A label in bold whose end has not come: `**Final Answer:` without the last `**`. */
  #openBold = false;
  /** The space behind a label is passed over. */
  #afterLabel = false;
  #thoughts = '';
  #action: string | undefined;
  #input: string | undefined;
  #answer = '';

  constructor(listener: ReactListener) {
    this.#listener = listener;
  }

  push(piece: string): void {
    this.#pending += piece;
    while (this.#pending !== '' && this.#step(false));
  }

  /** The reply is complete. */
  end(): ReactOutcome {
    while (this.#pending !== '' && this.#step(true));
    const { section, outcome } = { section: this.#section, outcome: this.#actionOutcome() };
    if (outcome) return outcome;
    if (this.#answer.trim() !== '') return { is: 'answer' };
    // On one line with its thought: heard late, but heard.
    const inline = /\bfinal answer:\s*([\s\S]+)$/i.exec(this.#thoughts)?.[1];
    if (inline !== undefined) {
      this.#listener.text(inline.trim());
      return { is: 'answer' };
    }
    if (this.#thoughts.trim() === '' && section !== 'answer') return { is: 'empty' };
    return { is: 'malformed', fault: 'it has neither an `Action:` nor a `Final Answer:`' };
  }

  #actionOutcome(): ReactOutcome | undefined {
    if (this.#action === undefined) return undefined;
    const name = this.#action.trim().replace(/^[`'"[(]+|[`'"\])(]+$/g, '');
    if (NO_ACTION.test(name))
      return this.#answer.trim() === '' ? { is: 'malformed', fault: 'its `Action:` names no tool' } : undefined;
    if (/\s/.test(name)) return { is: 'malformed', fault: 'its `Action:` is not the name of a tool alone' };
    if (this.#input === undefined || this.#input.trim() === '')
      return { is: 'malformed', fault: 'it has an `Action:` without an `Action Input:`' };
    const input = objectIn(this.#input);
    return input === undefined
      ? { is: 'malformed', fault: 'its `Action Input:` is not a JSON object' }
      : { is: 'action', name, input };
  }

  /** Takes something off what is pending; false when more has to come first. */
  #step(isEnd: boolean): boolean {
    if (this.#openBold) {
      if (this.#pending === '*' && !isEnd) return false;
      if (this.#pending.startsWith('**')) this.#pending = this.#pending.slice(2);
      this.#openBold = false;
      return true;
    }
    if (this.#atLineStart) {
      const label = LABEL.exec(this.#pending);
      if (label) {
        this.#pending = this.#pending.slice(label[0].length);
        this.#openBold = label[1] !== undefined && label[3] === undefined;
        if (this.#begin((label[2] as string).toLowerCase())) return true;
        this.#take(label[0]);
      } else if (!isEnd && mayBeLabel(this.#pending)) return false;
      this.#atLineStart = false;
      return true;
    }
    const end = this.#pending.indexOf('\n');
    const text = end === -1 ? this.#pending : this.#pending.slice(0, end + 1);
    this.#pending = this.#pending.slice(text.length);
    this.#take(text);
    this.#atLineStart = end !== -1;
    return true;
  }

  /** Goes over to what a label begins; false when the label is a word of the answer. */
  #begin(label: string): boolean {
    if (this.#section === 'over') return true;
    // An answer may well have a line `Action: call your bank`.
    if (this.#section === 'answer' && label === 'action') return false;
    const isOver = this.#section === 'answer' || this.#input !== undefined || label === 'observation';
    if (isOver) this.#section = 'over';
    else if (label === 'action') {
      this.#section = 'action';
      this.#action ??= '';
    } else if (label === 'action input') {
      this.#section = 'input';
      this.#input = '';
    } else this.#section = label === 'final answer' ? 'answer' : 'thought';
    this.#afterLabel = true;
    this.#atLineStart = false;
    return true;
  }

  #take(given: string): void {
    const text = this.#afterLabel ? given.trimStart() : given;
    if (text === '') return;
    this.#afterLabel = false;
    if (this.#section === 'action') {
      // The name ends with its line; what follows is chatter.
      if (this.#action?.trim() === '' || !this.#action?.includes('\n')) this.#action = (this.#action ?? '') + text;
    } else if (this.#section === 'input') this.#input += text;
    else if (this.#section === 'answer') {
      this.#answer += text;
      this.#listener.text(text);
    } else if (this.#section === 'thought') {
      this.#thoughts += text;
      this.#listener.thought(text);
    }
  }
}

/** Whether the beginning of a line may become a label when more of it has come. */
function mayBeLabel(line: string): boolean {
  if (line.includes('\n') || line.length > LONGEST_LABEL) return false;
  const words = line.replace(/^[\s#*]+/, '').toLowerCase();
  const plain = words.replace(/\*+\s*$/, '').trimEnd();
  return LABELS.some((label) => label.startsWith(words) || label.slice(0, -1) === plain);
}

/** The JSON object that a model wrote: alone, in a fence, or with words behind it. */
function objectIn(text: string): string | undefined {
  const bare = text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```[\s\S]*$/, '$1');
  const tries = [bare, bare.slice(0, closingOf(bare) + 1)];
  for (const one of tries) {
    try {
      const value: unknown = JSON.parse(one);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return JSON.stringify(value);
    } catch {
      // The next try, or none.
    }
  }
  return undefined;
}

/** Where the object that the text begins with ends; -1 when it does not. */
function closingOf(text: string): number {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (inString) {
      if (sign === '\\') at += 1;
      else if (sign === '"') inString = false;
    } else if (sign === '"') inString = true;
    else if (sign === '{') depth += 1;
    else if (sign === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

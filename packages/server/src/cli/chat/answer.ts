import type { Citation, Frame, FrameOf, Message, SearchResult } from '@clew/wire/orchestrate';

/** One thing that a stream says, in words for whoever shows it. */
export type Saying =
  | { readonly kind: 'begun'; readonly runId: string; readonly threadId: string }
  /** A passing remark on what goes on: it holds until the next one. */
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'step'; readonly title: string; readonly args: Readonly<Record<string, unknown>> }
  | { readonly kind: 'step-failed'; readonly error: string }
  /** Text to append to the open message. */
  | { readonly kind: 'text'; readonly text: string }
  /** What was shown of the open message is void; its whole text follows. */
  | { readonly kind: 'revised' }
  | { readonly kind: 'message'; readonly message: AnswerMessage }
  | { readonly kind: 'ended'; readonly end: AnswerEnd };

/** What a message has beside its text. */
export interface AnswerMessage {
  /** Its text items. */
  readonly texts: readonly string[];
  readonly sources: readonly Source[];
  /** What the choices are about; may be empty. */
  readonly question: string;
  readonly choices: readonly Choice[];
  /** Whatever else is in it: files by name and address, other items by their kind alone. */
  readonly others: readonly { readonly kind: string; readonly title: string; readonly place: string }[];
  /** The run ended before the message did. */
  readonly incomplete: boolean;
}

export interface Source {
  readonly title: string;
  /** Address, or path of a document; may be empty. */
  readonly place: string;
}

/** Something that the person may answer with one number. */
export interface Choice {
  readonly label: string;
  readonly value: string;
}

export interface AnswerEnd {
  /** `waiting`: the agent asked something, and the next message of the thread is the answer. */
  readonly status: 'completed' | 'failed' | 'cancelled' | 'waiting';
  /** Why it failed. */
  readonly error?: string;
}

/**
 * Reads the frames of one run, in their order. What a `message.created` says is the truth: the rest of its text is told, or that what the
 * deltas said is void. Frames that are not known are passed over.
 */
export function answerReader(): (frame: Frame) => Saying[] {
  let begun = false;
  let shown = '';
  let item: string | undefined;
  let end: AnswerEnd | undefined;
  const titles = new Map<string, string>();

  const append = (id: string, text: string): Saying[] => {
    if (text === '') return [];
    const separated = item !== undefined && item !== id ? `${BETWEEN_ITEMS}${text}` : text;
    item = id;
    shown += text;
    return [{ kind: 'text', text: separated }];
  };

  return (frame) => {
    switch (frame.event) {
      case 'run.started':
        // A run that goes on after an answer says it again.
        if (begun) return [];
        begun = true;
        return [{ kind: 'begun', runId: frame.data.run_id, threadId: frame.data.thread_id }];
      case 'run.step.intermediate': {
        const { key, text } = frame.data.message;
        titles.set(key, text);
        return [{ kind: 'status', text }];
      }
      case 'run.step.delta':
        return stepsOf(frame, titles);
      case 'message.delta':
        return frame.data.delta.content.flatMap(({ id, text }) => append(id, text ?? ''));
      case 'message.created': {
        const message = readMessage(frame.data.message);
        const whole = message.texts.join('');
        const missing = whole.startsWith(shown) ? textAfter(message.texts, shown.length) : undefined;
        shown = '';
        item = undefined;
        const corrected: Saying[] =
          missing === undefined ? [{ kind: 'revised' }, ...textOf(textAfter(message.texts, 0))] : textOf(missing);
        return [...corrected, { kind: 'message', message }];
      }
      case 'run.completed':
        end = { status: 'completed' };
        return [];
      case 'run.failed':
        end = { status: 'failed', error: frame.data.error };
        return [];
      case 'run.cancelled':
        end = { status: 'cancelled' };
        return [];
      case 'done':
        return [{ kind: 'ended', end: end ?? { status: 'waiting' } }];
      default:
        return [];
    }
  };
}

const BETWEEN_ITEMS = '\n\n';

/** The texts without their first `taken` characters, with a space between items. */
function textAfter(texts: readonly string[], taken: number): string {
  let left = taken;
  let rest = '';
  for (const [index, text] of texts.entries()) {
    const piece = text.slice(left);
    if (piece !== '') rest += index > 0 && left === 0 ? `${BETWEEN_ITEMS}${piece}` : piece;
    left = Math.max(0, left - text.length);
  }
  return rest;
}

function textOf(text: string): Saying[] {
  return text === '' ? [] : [{ kind: 'text', text }];
}

function stepsOf(frame: FrameOf<'run.step.delta'>, titles: ReadonlyMap<string, string>): Saying[] {
  return frame.data.delta.step_details.flatMap((detail): Saying[] => {
    if (detail.type === 'tool_calls') {
      return detail.tool_calls.map(({ name, args }) => ({ kind: 'step', title: titles.get(name) ?? name, args }));
    }
    const error = errorIn(detail.content);
    return error === undefined ? [] : [{ kind: 'step-failed', error }];
  });
}

/** The message of the error that a step gave back in place of a result. */
function errorIn(content: string): string | undefined {
  if (!content.startsWith('{"error":')) return undefined;
  try {
    const { message } = JSON.parse(content).error;
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

/** A stored message as a terminal can show it. */
export function readMessage(message: Pick<Message, 'content' | 'additional_properties'>): AnswerMessage {
  const texts: string[] = [];
  const sources: Source[] = [];
  const choices: Choice[] = [];
  const others: { kind: string; title: string; place: string }[] = [];
  let question = '';
  for (const item of message.content) {
    const kind = item.response_type;
    if (kind === 'option') {
      question = stringOf(item.title);
      choices.push(...listOf(item.options).map(choiceOf));
    } else if (typeof item.text === 'string') {
      if (item.text !== '') texts.push(item.text);
      if (kind === 'conversational_search') addSources(sources, item);
    } else if (kind === 'file_download') {
      for (const file of listOf(item.files))
        others.push({ kind: 'file', title: stringOf(file.fileName), place: stringOf(file.url) });
    } else others.push({ kind, title: stringOf(item.title), place: stringOf(item.source) });
  }
  const incomplete = message.additional_properties?.is_incomplete === true;
  return { texts, sources, question, choices, others, incomplete };
}

function addSources(sources: Source[], item: Readonly<Record<string, unknown>>): void {
  const results = listOf(item.search_results) as Partial<SearchResult>[];
  for (const citation of listOf(item.citations) as Partial<Citation>[]) {
    const file = results[citation.search_result_idx ?? -1]?.result_metadata?.document_retrieval_source;
    const source = { title: stringOf(citation.title), place: stringOf(citation.url) || stringOf(file) };
    if (source.title === '' && source.place === '') continue;
    if (!sources.some((known) => known.title === source.title && known.place === source.place)) sources.push(source);
  }
}

function choiceOf(option: Readonly<Record<string, unknown>>): Choice {
  const label = stringOf(option.label);
  const { input } = (option.value ?? {}) as { input?: { text?: unknown } };
  return { label, value: typeof input?.text === 'string' ? input.text : label };
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

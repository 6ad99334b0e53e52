import type { Event, Message, MessagePart, Run } from '@clew/wire/acp-client';
import type { AnswerEnd, AnswerMessage, Saying, Source } from '../chat/answer.ts';

/**
 * Reads the events of one run, in their order, over its questions and answers. Parts count as they come; what `message.completed` or the run hold is told
 * only when no part came before. A message that begins while another is open takes back what that one said. What is open at the
 * end, or at a question, is told as far as it came. Events that are not known are passed over.
 */
export function acpAnswerReader(): (event: Event) => Saying[] {
  let begun = false;
  let sawStart = false;
  let messages = 0;
  let draft: Draft | undefined;
  /** A question came while a message was open, which may go on after the answer. */
  let interrupted = false;

  const begin = ({ run_id, session_id }: Run): Saying[] => {
    if (begun) return [];
    begun = true;
    return [{ kind: 'begun', runId: run_id, threadId: session_id }];
  };
  const tell = (one: Draft, incomplete = false): Saying => {
    messages++;
    return { kind: 'message', message: one.message(incomplete) };
  };
  const tellWhole = ({ parts }: Message): Saying[] => {
    const whole = createDraft();
    const sayings = parts.flatMap(whole.add);
    return [...sayings, tell(whole)];
  };
  const close = (incomplete: boolean): Saying[] => {
    const open = draft;
    draft = undefined;
    return open && !open.isEmpty() ? [tell(open, incomplete)] : [];
  };
  const end = (run: Run, how: AnswerEnd): Saying[] => {
    const rest = close(how.status !== 'completed');
    const all = sawStart && messages === 0 ? run.output.flatMap(tellWhole) : [];
    return [...rest, ...all, { kind: 'ended', end: how }];
  };

  return (event) => {
    switch (event.type) {
      case 'run.created':
        sawStart = true;
        return begin(event.run);
      case 'run.in-progress':
        return begin(event.run);
      case 'message.created': {
        const revised: Saying[] = draft && !draft.isEmpty() ? [{ kind: 'revised' }] : [];
        draft = createDraft();
        interrupted = false;
        return revised;
      }
      case 'message.part':
        draft ??= createDraft();
        return draft.add(event.part);
      case 'message.completed': {
        const told = close(false);
        if (told.length > 0 || interrupted) return told;
        return tellWhole(event.message);
      }
      case 'run.awaiting': {
        interrupted = draft !== undefined;
        const asked = event.run.await_request?.message;
        return [...close(true), ...(asked ? tellWhole(asked) : []), { kind: 'ended', end: { status: 'waiting' } }];
      }
      case 'run.completed':
        return end(event.run, { status: 'completed' });
      case 'run.failed':
        return end(event.run, { status: 'failed', error: event.run.error?.message ?? 'The server does not say why.' });
      case 'run.cancelled':
        return end(event.run, { status: 'cancelled' });
      default:
        return [];
    }
  };
}

/** A message that is being said. */
interface Draft {
  add(this: void, part: MessagePart): Saying[];
  isEmpty(): boolean;
  message(incomplete: boolean): AnswerMessage;
}

const BETWEEN_TEXTS = '\n\n';

function createDraft(): Draft {
  const texts: string[] = [];
  const sources: Source[] = [];
  const others: AnswerMessage['others'][number][] = [];
  /** Whether the next text goes on with the last one, as pieces of a stream do. */
  let goesOn = false;

  const addText = (text: string): Saying[] => {
    if (text === '') return [];
    const separated = !goesOn && texts.length > 0 ? `${BETWEEN_TEXTS}${text}` : text;
    if (goesOn) texts.push(`${texts.pop()}${text}`);
    else texts.push(text);
    goesOn = true;
    return [{ kind: 'text', text: separated }];
  };

  return {
    add(part) {
      const { name, content, content_url: url, metadata } = part;
      if (metadata?.kind === 'citation') addSource(sources, metadata);
      const steps = metadata?.kind === 'trajectory' ? stepsOf(metadata) : [];
      if (isText(part)) return [...steps, ...addText(content ?? '')];
      if (content == null && url == null) return steps;
      others.push({ kind: part.content_type ?? 'part', title: name ?? '', place: url ?? '' });
      goesOn = false;
      return steps;
    },
    isEmpty: () => texts.length === 0 && sources.length === 0 && others.length === 0,
    message: (incomplete) => ({ texts, sources, question: '', choices: [], others, incomplete }),
  };
}

/** Text of the answer. With a name it is a file. */
function isText({ name, content, content_type, content_encoding }: MessagePart): boolean {
  return (
    name == null && content != null && content_encoding !== 'base64' && /^text\//i.test(content_type ?? 'text/plain')
  );
}

function addSource(sources: Source[], { title, url }: { readonly title?: unknown; readonly url?: unknown }): void {
  const source = { title: stringOf(title), place: stringOf(url) };
  if (source.title === '' && source.place === '') return;
  if (!sources.some((known) => known.title === source.title && known.place === source.place)) sources.push(source);
}

function stepsOf(step: {
  readonly message?: unknown;
  readonly tool_name?: unknown;
  readonly tool_input?: unknown;
}): Saying[] {
  const title = stringOf(step.message) || stringOf(step.tool_name);
  const args = typeof step.tool_input === 'object' && step.tool_input !== null ? { ...step.tool_input } : {};
  return title === '' ? [] : [{ kind: 'step', title, args }];
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

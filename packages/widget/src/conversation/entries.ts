import type { ContentItem, Message, Run } from '@clew/wire/client';
import { type Answer, isHidden, NO_ANSWER, saidOf } from '../transcript/answer.ts';
import { stepsOf } from '../transcript/steps.ts';
import type { Entry, Question, Reply } from './state.ts';

/** The key of the reply to a question: the same whether it was heard or read later. */
export function replyKey(questionKey: string): string {
  return `${questionKey}-reply`;
}

/** The other way round. */
export function questionKey(key: string): string {
  return key.replace(/-reply$/, '');
}

/** The entries of a stored thread. Messages of agents that follow each other are one reply; `agent` names those that do not say who spoke. */
export function entriesOf(messages: readonly Message[], agent: string): Entry[] {
  const entries: Entry[] = [];
  let asked: string | undefined;
  for (const message of messages) {
    if (message.role === 'user') {
      asked = message.id;
      if (!isHidden(message)) entries.push(questionOf(message));
      continue;
    }
    if (isHidden(message)) continue;
    const key = asked === undefined ? message.id : replyKey(asked);
    const last = entries.at(-1);
    const before = last?.kind === 'reply' && last.key === key ? last : undefined;
    const at = before?.at ?? Date.parse(message.created_on);
    const name = message.assistant?.assistant_name ?? agent;
    const reply: Reply = { kind: 'reply', key, agent: name, at, answer: extend(before?.answer, message) };
    if (before) entries[entries.length - 1] = reply;
    else entries.push(reply);
  }
  return entries;
}

/** The entry for a run that ended badly and left no message that says so. */
export function withEnd(entries: readonly Entry[], run: Run, reply: Pick<Reply, 'key' | 'agent'>): readonly Entry[] {
  const last = entries.at(-1);
  const ending = {
    phase: run.status === 'failed' ? ('failed' as const) : ('stopped' as const),
    problem: run.status === 'failed' ? (run.last_error ?? undefined) : undefined,
    runId: run.id,
    threadId: run.thread_id,
  };
  if (last?.kind === 'reply' && last.key === reply.key)
    return [...entries.slice(0, -1), { ...last, answer: { ...last.answer, ...ending } }];
  const at = Date.parse(run.created_at);
  return [...entries, { kind: 'reply', ...reply, at, answer: { ...NO_ANSWER, ...ending } }];
}

/** Ids of the messages that the replies show. */
export function shownIds(entries: readonly Entry[]): ReadonlySet<string> {
  const said = entries.flatMap((entry) => (entry.kind === 'reply' ? entry.answer.messages : []));
  return new Set(said.flatMap(({ id }) => id ?? []));
}

/** What is read of content: the texts of its items. */
export function plainText(content: string | readonly ContentItem[] | null | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap(({ text }) => (typeof text === 'string' ? text : [])).join('');
}

function questionOf({ id, content, message_state: state, created_on: at }: Message): Question {
  const { input } = (state ?? {}) as { input?: { display_text?: unknown } };
  const shown = typeof input?.display_text === 'string' ? input.display_text : plainText(content);
  const form = content?.find(({ response_type: kind }) => kind === 'form_operation');
  return {
    kind: 'question',
    key: id,
    text: shown,
    files: filesOf(content),
    form,
    delivery: 'sent',
    at: Date.parse(at),
  };
}

function filesOf(content: Message['content']): string[] {
  const files = (content ?? []).flatMap(({ files: listed }) => (Array.isArray(listed) ? listed : []));
  return files.flatMap(({ fileName }: { fileName?: unknown }) => (typeof fileName === 'string' ? fileName : []));
}

function extend(answer: Answer = NO_ANSWER, message: Message): Answer {
  const said = saidOf(message);
  return {
    ...answer,
    threadId: message.thread_id,
    phase: said.incomplete ? 'stopped' : 'done',
    steps: [...answer.steps, ...stepsOf(message)],
    messages: [...answer.messages.filter(({ interim }) => !interim), said],
  };
}

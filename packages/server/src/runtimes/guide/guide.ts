import { type Agent, chatsWithDocs, type JsonObject, type Message, textOf } from '../../model/index.ts';
import type { Attachments, Emit, KnowledgeIndex, Runtime, Turn } from '../../ports/index.ts';
import { fillInstructions } from '../instructions.ts';
import { type Answer, answers, compose, quoted } from './answer.ts';
import { attachFiles, inlineFile, type ReadFiles } from './attached.ts';
import { type Found, find } from './find.ts';
import { type Question, understand } from './question.ts';
import { asksForVariables, type SmallTalk, smallTalkOf } from './small-talk.ts';
import { suggestionsFor } from './suggestions.ts';
import { wordsOf } from './words.ts';

export interface GuideOptions {
  readonly index: KnowledgeIndex;
  /** Files of messages. Default: there are none. */
  readonly attachments?: Attachments | undefined;
}

/** How many earlier messages are looked at to understand a short one. */
const LOOK_BACK = 8;

/**
 * `llm: clew/guide`: answers from the agent's knowledge bases by full-text search, with the documents' own sentences and with citations. It needs no model and no
 * network. The search is a step of the run, so that an attempt after a crash says the same even if the documents have changed.
 */
export function createGuideRuntime({ index, attachments }: GuideOptions): Runtime {
  return {
    recovery: 'restart',
    async run(given, emit, signal) {
      const { turn, files } = await attachFiles(given, emit, { index, attachments });
      const message = saidIn(turn.input, turn.agent);
      const reply =
        (files && message.trim() === '' ? plain(received(files)) : undefined) ??
        (await withoutDocuments(turn, message, index)) ??
        (await fromDocuments(turn, emit, { message, index }));
      signal.throwIfAborted();
      for (const piece of reply.text.match(/[^\n]*\n+|[^\n]+/g) ?? []) emit.text(piece);
      const told = message.trim() === '' ? '' : notRead(files);
      if (told !== '') emit.text(`\n\n${told}`);
      for (const citation of reply.citations) await emit.part(citation);
    },
  };
}

async function fromDocuments(
  turn: Turn,
  emit: Emit,
  { message, index }: { message: string; index: KnowledgeIndex },
): Promise<Answer> {
  const { agent } = turn;
  if (agent.knowledgeBases.length === 0) {
    return plain(
      'I have no documents to answer from yet. Name a knowledge base in my agent file, under `knowledge_base`.',
    );
  }
  const history = await turn.history(LOOK_BACK);
  const earlier = history.filter(({ role }) => role === 'user').map((one) => saidIn(one, agent));
  const question = understand(message, earlier);
  const found: Found = await emit.step(
    {
      kind: 'search',
      name: 'knowledge_search',
      title: 'Searching the documents',
      input: { query: question.words.map(({ word }) => word).join(' ') },
    },
    () => find(index, agent.knowledgeBases, question),
  );
  const fresh = question.more ? withoutShown(found, history) : found;
  if (answers(fresh)) return compose(fresh);
  return plain(sorry(question, found, fresh !== found) + offer(await suggestionsFor(agent, index)));
}

/** What the person said, without the texts that came as files. */
function saidIn({ parts }: Pick<Message, 'parts'>, agent: Agent): string {
  return textOf(chatsWithDocs(agent) ? parts.filter((part) => !inlineFile(part)) : parts);
}

/** For files that came without a word. */
function received(files: ReadFiles): string {
  const known =
    files.read.length > 0 ? `I have read ${quoted(files.read)}. Ask me what you want to know about it.` : '';
  return [known, notRead(files)].filter((text) => text !== '').join('\n\n');
}

function notRead(files: ReadFiles | undefined): string {
  return (files?.unread ?? []).map(({ name, message }) => `I cannot read ${quoted([name])}. ${message}`).join('\n\n');
}

/** What was found, without what the answers before have quoted. */
function withoutShown(found: Found, history: readonly Message[]): Found {
  const shown = new Set(
    history.flatMap(({ parts }) =>
      parts.flatMap((part) => (part.type === 'citation' && part.source !== undefined ? [part.source] : [])),
    ),
  );
  const passages = found.passages.filter(
    ({ path, anchor }) => !shown.has(anchor === null ? path : `${path}#${anchor}`),
  );
  return { ...found, passages };
}

function sorry({ words }: Question, { unknown }: Found, more: boolean): string {
  if (more) return 'That is all I have about it.';
  const missing = words.map(({ word }) => word).filter((word) => unknown.includes(word));
  return missing.length > 0
    ? `I found nothing about ${quoted(missing)} in my documents.`
    : 'I found nothing in my documents that answers this.';
}

function offer(suggestions: string, before = ' '): string {
  return suggestions === '' ? '' : `${before}You can ask me, for example:\n\n${suggestions}`;
}

async function withoutDocuments(turn: Turn, message: string, index: KnowledgeIndex): Promise<Answer | undefined> {
  const { agent, context } = turn;
  if (agent.contextAccess && agent.contextVariables.length > 0 && asksForVariables(message))
    return plain(variables(agent, context));
  const talk = smallTalkOf(message, [agent.name, agent.displayName]);
  if (!talk && wordsOf(message).length > 0) return undefined;
  return plain(
    talk ? await smallTalk(talk, turn, index) : `Write me a question.${offer(await suggestionsFor(agent, index))}`,
  );
}

async function smallTalk(talk: SmallTalk, { agent, context }: Turn, index: KnowledgeIndex): Promise<string> {
  if (talk === 'thanks') return 'You are welcome. Ask me whatever else you want to know.';
  if (talk === 'goodbye') return 'Goodbye.';
  const how = 'I look for answers in my documents and show where they stand.';
  const paragraphs = talk === 'greeting' ? greeting(agent) : [`I am ${nameOf(agent)}. ${how}`, agent.description];
  const said = paragraphs.map((text) => fillInstructions(text, context).trim()).filter((text) => text !== '');
  return said.join('\n\n') + offer(await suggestionsFor(agent, index), '\n\n');
}

function greeting(agent: Agent): string[] {
  const { message, description, isDefault } = agent.welcome;
  return isDefault || message.trim() === ''
    ? [`Hello! I am ${nameOf(agent)}.`, agent.description]
    : [message, description];
}

function nameOf({ displayName, name }: Agent): string {
  return displayName || name;
}

function variables(agent: Agent, context: JsonObject): string {
  const lines = agent.contextVariables.map(
    (name) => `- ${code(name)}: ${Object.hasOwn(context, name) ? shown(context[name]) : 'not set'}`,
  );
  return `I accept these context variables. Beside each stands the value that came with your message:\n\n${lines.join('\n')}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length > 200 ? `${text.slice(0, 200).toWellFormed()} …` : text;
  return short.trim() === '' ? 'empty' : code(short.replace(/\s+/g, ' '));
}

function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length)) + 1);
  return fence.length === 1 ? `\`${text}\`` : `${fence} ${text} ${fence}`;
}

function plain(text: string): Answer {
  return { text, citations: [] };
}

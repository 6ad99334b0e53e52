import { chatsWithDocs, type Message, type Part } from '../../model/index.ts';
import {
  type Attachments,
  type Emit,
  type KnowledgeDocument,
  type KnowledgeIndex,
  type StoredFile,
  type Turn,
  threadBase,
} from '../../ports/index.ts';
import { hashOf, readApart, readDocument, UnreadableDocument } from './documents/index.ts';

/** What became of the files that came with a message: plain JSON. */
export type ReadFiles = {
  /** Names of the files that can be searched from now on. */
  readonly read: readonly string[];
  readonly unread: readonly { readonly name: string; readonly message: string }[];
};

/** A turn whose agent has the files of the thread among its knowledge bases, and what came with the message; undefined when nothing did. */
export interface AttachedTurn {
  readonly turn: Turn;
  readonly files: ReadFiles | undefined;
}

export interface AttachedOptions {
  readonly index: KnowledgeIndex;
  /** Absent: files are not read. */
  readonly attachments?: Attachments | undefined;
}

/** Texts without a reader of their own are read as they are. */
const PLAIN = /^(text\/(?!markdown|html)|application\/(json|yaml|xml)$)/;
/** Plain text up to here is read at once: there is nothing to unpack, and a thread would take longer. */
const SMALL_BYTES = 65_536;
/** What nobody reads words from. */
const WORDLESS = /^(image|audio|video)\//;

/**
 * Makes the files that came with the message searchable for this thread and no other, when the agent's `chat_with_docs` is enabled: a step of the run. A file
 * takes the place of one of the same name.
 */
export async function attachFiles(turn: Turn, emit: Emit, options: AttachedOptions): Promise<AttachedTurn> {
  const { agent, run, inputs } = turn;
  const { index, attachments } = options;
  if (!attachments || !chatsWithDocs(agent)) return { turn, files: undefined };
  const base = threadBase(run.threadId);
  const sent = await documentsIn(inputs, attachments);
  const files =
    sent.length === 0
      ? undefined
      : await emit.step(
          {
            kind: 'search',
            name: 'read_attached_files',
            title: 'Reading the files',
            input: { files: sent.map(({ name }) => name) },
          },
          (signal, show) => indexFiles(sent, { base, index, signal, show }),
        );
  const known = await index.known(base);
  const knowledgeBases = known.size === 0 ? agent.knowledgeBases : [...agent.knowledgeBases, base];
  return { turn: { ...turn, agent: { ...agent, knowledgeBases } }, files };
}

/** Addresses of files in a message. */
function addressesIn({ parts }: Pick<Message, 'parts'>): string[] {
  return parts.flatMap((part) => {
    if (part.type === 'file') return part.url === undefined ? [] : [part.url];
    if (part.type !== 'item' || part.kind !== 'file_download' || !Array.isArray(part.value.files)) return [];
    return part.value.files.flatMap(({ url }: { url?: unknown }) => (typeof url === 'string' ? [url] : []));
  });
}

/** A file of a message that may have words. */
interface SentFile extends Pick<StoredFile, 'name' | 'contentType'> {
  bytes(): Promise<Uint8Array>;
}

async function documentsIn(messages: readonly Message[], attachments: Attachments): Promise<SentFile[]> {
  const found: SentFile[] = [];
  for (const message of messages) {
    for (const url of addressesIn(message)) {
      const file = await attachments.find(url, message.createdAt);
      if (file && !WORDLESS.test(file.contentType))
        found.push({ name: file.name, contentType: file.contentType, bytes: () => attachments.read(file) });
    }
    found.push(...message.parts.flatMap((part) => inlineFile(part) ?? []));
  }
  return found;
}

/**
 * A file that stands in the message itself, as ACP's clients send them; undefined for all else. Texts are files when they have a name. Data without a name are none: they answer a
 * form, mostly.
 */
export function inlineFile(part: Part): SentFile | undefined {
  if (part.type === 'text') {
    const { name, text, contentType = 'text/plain' } = part;
    return name === undefined ? undefined : { name, contentType, bytes: async () => Buffer.from(text) };
  }
  if (part.type !== 'file' || part.content === undefined || part.url !== undefined) return undefined;
  const { content, encoding, contentType } = part;
  const isPdf = /^application\/pdf\b/i.test(contentType);
  if (WORDLESS.test(contentType) || /^application\/vnd\.clew\./.test(contentType)) return undefined;
  if (part.name === undefined && !isPdf) return undefined;
  const name = part.name ?? 'document';
  return {
    name: isPdf && !/\.pdf$/i.test(name) ? `${name}.pdf` : name,
    contentType,
    bytes: async () => Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'),
  };
}

interface Indexing {
  readonly base: string;
  readonly index: KnowledgeIndex;
  readonly signal: AbortSignal;
  readonly show: (text: string) => void;
}

async function indexFiles(files: readonly SentFile[], { base, index, signal, show }: Indexing): Promise<ReadFiles> {
  const known = await index.known(base);
  const documents: KnowledgeDocument[] = [];
  const [read, unread]: [string[], { name: string; message: string }[]] = [[], []];
  for (const [at, file] of files.entries()) {
    signal.throwIfAborted();
    show(`${file.name} (${at + 1}/${files.length})\n`);
    try {
      const document = await documentOf(file, await file.bytes(), signal);
      if (known.get(file.name) !== document.hash) documents.push(document);
      read.push(file.name);
    } catch (error) {
      if (!(error instanceof UnreadableDocument)) throw error;
      unread.push({ name: file.name, message: error.message });
    }
  }
  signal.throwIfAborted();
  if (documents.length > 0) await index.update(base, documents, []);
  return { read, unread };
}

/** The address stays out of the index: it is good for a while, and the passage for as long as the thread. */
async function documentOf(
  { name, contentType }: Pick<SentFile, 'name' | 'contentType'>,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<KnowledgeDocument> {
  if (!PLAIN.test(contentType)) return readApart({ path: name, bytes, url: null }, signal);
  const file = { path: `${name}.txt`, bytes, url: null };
  const document = bytes.length > SMALL_BYTES ? await readApart(file, signal) : await readDocument(file);
  return { ...document, path: name, title: name, hash: hashOf({ bytes, url: null }) };
}

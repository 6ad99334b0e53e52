import { isThreadBase, type KnowledgeDocument, type KnowledgeIndex } from '../../ports/index.ts';
import { hashOf, readDocument, UnreadableDocument } from './documents/index.ts';

/** A knowledge base and its documents. */
export interface KnowledgeSource {
  readonly name: string;
  readonly documents: readonly {
    /** Relative to the project and unique here. */
    readonly path: string;
    /** What `readFile` is called with. */
    readonly file: string;
    /** Where a person can open the document, if anywhere. */
    readonly url: string | null;
  }[];
}

/** A document that could not be read. What the index had of it is gone. */
export interface KnowledgeFinding {
  readonly knowledgeBase: string;
  readonly path: string;
  /** One sentence for the person who put the document there. */
  readonly message: string;
}

/** What `syncKnowledge` did, in numbers of documents. */
export interface SyncReport {
  readonly added: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly findings: readonly KnowledgeFinding[];
}

export interface SyncOptions {
  readonly index: KnowledgeIndex;
  /** All there are: others are removed from the index. */
  readonly knowledgeBases: readonly KnowledgeSource[];
  /** Gives the bytes of a document. When it rejects, the document counts as unreadable. */
  readonly readFile: (file: string) => Promise<Uint8Array>;
}

/**
 * Brings the index in line with the documents: reads those whose content or address has changed and removes what is gone, whole knowledge bases too, but not
 * those of threads.
 * Each knowledge base is changed in one transaction.
 */
export async function syncKnowledge({ index, knowledgeBases, readFile }: SyncOptions): Promise<SyncReport> {
  const report = { added: 0, updated: 0, removed: 0, unchanged: 0, findings: [] as KnowledgeFinding[] };
  for (const { name, documents } of knowledgeBases) {
    const known = await index.known(name);
    const fresh: KnowledgeDocument[] = [];
    const kept = new Set<string>();
    for (const { path, file, url } of documents) {
      try {
        const bytes = await readFile(file);
        const before = known.get(path);
        if (before === hashOf({ bytes, url })) report.unchanged += 1;
        else {
          fresh.push(await readDocument({ path, bytes, url }));
          report[before === undefined ? 'added' : 'updated'] += 1;
        }
        kept.add(path);
      } catch (error) {
        report.findings.push({ knowledgeBase: name, path, message: sentence(error) });
      }
    }
    const gone = [...known.keys()].filter((path) => !kept.has(path));
    report.removed += gone.length;
    if (fresh.length + gone.length > 0) await index.update(name, fresh, gone);
  }
  for (const name of await index.list()) {
    if (isThreadBase(name) || knowledgeBases.some((base) => base.name === name)) continue;
    const gone = [...(await index.known(name)).keys()];
    report.removed += gone.length;
    await index.update(name, [], gone);
  }
  return report;
}

/** Errors of the file system carry paths of the server: only their kind is told. */
function sentence(error: unknown): string {
  if (error instanceof UnreadableDocument) return error.message;
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === 'ENOENT') return 'The file does not exist.';
  if (code === 'EACCES' || code === 'EPERM') return 'The file may not be read: its permissions forbid it.';
  return 'The file cannot be read.';
}

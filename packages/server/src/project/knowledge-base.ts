import { globSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { check, place, type Remark } from './check.ts';
import type { DocumentFile, Finding, KnowledgeBase } from './project.ts';
import { anything, choice, flag, group, list, open, text } from './shapes.ts';
import { isIgnored } from './tree.ts';
import type { Fields } from './yaml.ts';

/** Endings of the files that can be knowledge. */
export const DOCUMENT_TYPES = ['.md', '.markdown', '.txt', '.html', '.htm', '.pdf'] as const;

/** A knowledge base file (ADK 2.9, `KnowledgeBaseSpec`). Settings of search engines that Clew does not have are accepted and passed over. */
const knowledgeBase = group({
  spec_version: choice(['v1']),
  kind: choice(['knowledge_base']),
  id: text().nullish(),
  name: text(),
  display_name: text().nullish(),
  description: z.string({ error: 'must be a text' }).nullish(),
  documents: list(
    z.union([text(), group({ path: text(), url: text().nullish() })], {
      error: 'must be a path, or a group of `path` and `url`',
    }),
  ).nullish(),
  vector_index: open().nullish(),
  conversational_search_tool: open().nullish(),
  prioritize_built_in_index: flag().nullish(),
  representation: choice(['auto', 'tool']).nullish(),
  custom: anything(),
});

const EXAMPLES: Readonly<Record<string, string>> = {
  spec_version: 'spec_version: v1',
  kind: 'kind: knowledge_base',
  name: 'name: travel_docs',
  description: 'description: How to get from here to there.',
  documents: 'documents: [knowledge/trains.md]',
  representation: 'representation: auto',
};

/** The knowledge base in a file, if its fields are valid, and what is to be said about it. `folder` is the project's. */
export function readKnowledgeBase(
  fields: Fields,
  folder: string,
): { readonly entry?: KnowledgeBase; readonly findings: Finding[] } {
  const remarks = check(knowledgeBase, fields.value, EXAMPLES);
  if (remarks.some((remark) => remark.severity === 'error')) return { findings: place(fields, remarks) };
  const spec = fields.value as unknown as z.input<typeof knowledgeBase>;
  const found = findDocuments(spec.documents ?? [], { folder, base: dirname(resolve(folder, fields.file)) });
  if (!spec.documents?.length) {
    remarks.push(
      warning(
        ['documents'],
        'The knowledge base has no documents.',
        'List files or patterns, for example `documents: [knowledge/*.md]`.',
      ),
    );
  }
  const model = (spec.vector_index as { embeddings_model_name?: unknown } | null | undefined)?.embeddings_model_name;
  const entry = {
    name: spec.name,
    description: spec.description ?? '',
    embeddings: typeof model === 'string' ? model : null,
    documents: found.documents,
    file: fields.file,
  };
  return { entry, findings: place(fields, [...remarks, ...found.remarks]) };
}

interface Places {
  /** The project: paths of documents are shown relative to it. */
  readonly folder: string;
  /** Folder of the knowledge base file: where the ADK looks for relative paths. */
  readonly base: string;
}

type Listed = string | { path: string; url?: string | null | undefined };

/**
 * Looks for each document beside the knowledge base file and then in the project folder. A document that is named with an address keeps it,
 * whatever pattern also finds it.
 */
function findDocuments(listed: readonly Listed[], places: Places): { documents: DocumentFile[]; remarks: Remark[] } {
  const documents = new Map<string, DocumentFile>();
  const remarks: Remark[] = [];
  for (const [index, item] of listed.entries()) {
    const { path: written, url = null } = typeof item === 'string' ? { path: item } : item;
    const path = ['documents', index, ...(typeof item === 'string' ? [] : ['path'])];
    const files = filesOf(written, places);
    if (typeof files === 'string') {
      remarks.push(warning(path, ...COMPLAINTS[files](written)));
      continue;
    }
    for (const file of files) {
      const shown = relative(places.folder, file).split(sep).join('/');
      if (shown.startsWith('../') || isAbsolute(shown)) {
        const fix = 'Copy it into the project: answers cite documents by their path in it.';
        remarks.push(warning(path, `\`${written}\` lies outside of the project and is left out.`, fix));
        break;
      }
      if (url !== null || !documents.has(shown))
        documents.set(shown, { path: shown, file, url: url ?? documents.get(shown)?.url ?? null });
    }
  }
  return { documents: [...documents.values()], remarks };
}

type Complaint = 'address' | 'missing' | 'folder' | 'type' | 'none';

const COMPLAINTS: Readonly<Record<Complaint, (written: string) => [message: string, fix: string]>> = {
  address: (written) => [
    `\`${written}\` is an address; documents are files of the project.`,
    'Save the page in the project and give its address as `url`.',
  ],
  missing: (written) => [
    `There is no document \`${written}\`.`,
    'Correct the path: it counts from the project folder or from the folder of this file.',
  ],
  folder: (written) => [
    `\`${written}\` is a folder.`,
    `Write \`${written.replace(/\/+$/, '')}/**/*.md\` for the documents in it.`,
  ],
  type: (written) => [
    `\`${written}\` is of a type that Clew does not read.`,
    `Use one of ${DOCUMENT_TYPES.join(', ')}.`,
  ],
  none: (written) => [
    `No document matches \`${written}\`.`,
    'Correct the pattern: it counts from the project folder or from the folder of this file.',
  ],
};

function filesOf(written: string, { base, folder }: Places): string[] | Complaint {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(written)) return 'address';
  for (const from of new Set([base, folder])) {
    const file = resolve(from, written);
    const stat = lookAt(file);
    if (stat?.isDirectory()) return 'folder';
    if (stat) return isDocument(file) ? [file] : 'type';
  }
  if (!/[*?[\]{}]/.test(written)) return 'missing';
  for (const from of new Set([base, folder])) {
    const files = globSync(written, { cwd: from, exclude: (path) => isIgnored(basename(path)) }).map((file) =>
      resolve(from, file),
    );
    const readable = files.filter((file) => isDocument(file) && lookAt(file)?.isFile()).sort();
    if (readable.length > 0) return readable;
  }
  return 'none';
}

/** What stands there, if anything that can be looked at: a path with NUL, one that is too long and a link that leads nowhere are none. */
function lookAt(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isDocument(file: string): boolean {
  return DOCUMENT_TYPES.some((type) => type === extname(file).toLowerCase());
}

function warning(path: Remark['path'], message: string, fix: string): Remark {
  return { severity: 'warning', path, message, fix };
}

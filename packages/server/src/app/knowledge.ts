import { readFile } from 'node:fs/promises';
import type { KnowledgeIndex } from '../ports/index.ts';
import type { Finding, Project } from '../project/index.ts';
import { syncKnowledge } from '../runtimes/index.ts';

/** Brings the index up to date with the documents of the project; findings for those that cannot be read. */
export async function indexKnowledge(index: KnowledgeIndex, { knowledgeBases }: Project): Promise<readonly Finding[]> {
  const { findings } = await syncKnowledge({ index, knowledgeBases, readFile: (path) => readFile(path) });
  return findings.map(({ knowledgeBase, path, message }) => ({
    severity: 'warning',
    file: knowledgeBases.find(({ name }) => name === knowledgeBase)?.file ?? path,
    line: 1,
    field: path,
    message,
    fix: 'The other documents are searched all the same.',
  }));
}

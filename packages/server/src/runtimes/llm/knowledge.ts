import type { JsonObject } from '../../model/index.ts';
import { type Emit, isThreadBase, type KnowledgeIndex } from '../../ports/index.ts';
import { type Found, find } from '../guide/find.ts';
import { understand } from '../guide/question.ts';
import type { OfferedTool } from './sdk.ts';

/** A knowledge base as a model may search it. */
export interface SearchTool {
  readonly name: string;
  readonly offer: OfferedTool;
  /** Searches: a step of the run. */
  search(input: JsonObject, emit: Emit): Promise<Found>;
}

const SCHEMA = {
  type: 'object',
  properties: {
    query: { type: 'string', description: 'A question or key words, in the language of the documents.' },
  },
  required: ['query'],
  additionalProperties: false,
} as const;

/** A tool for each knowledge base of an agent: `search_<name>`. */
export function searchTools(
  index: KnowledgeIndex,
  knowledgeBases: readonly string[],
  describe: (knowledgeBase: string) => string,
): SearchTool[] {
  return knowledgeBases.map((base) => {
    const name = toolName(base);
    const description = isThreadBase(base)
      ? 'Searches the files that the person sent in this conversation and gives back passages with numbers.'
      : `Searches the documents of \`${base}\` and gives back passages with numbers. ${describe(base)}`.trim();
    return {
      name,
      offer: { type: 'function', name, description, inputSchema: { ...SCHEMA, required: [...SCHEMA.required] } },
      search: (input, emit) => search({ index, bases: [base], name, input }, emit),
    };
  });
}

/** The search that a run begins with where the model cannot ask for one. `earlier` is what the person said before, oldest first. */
export function searchFirst(
  index: KnowledgeIndex,
  { bases, message, earlier }: { bases: readonly string[]; message: string; earlier: readonly string[] },
  emit: Emit,
): Promise<Found> {
  return search({ index, bases, name: 'knowledge_search', input: { query: message }, earlier }, emit);
}

interface Search {
  readonly index: KnowledgeIndex;
  readonly bases: readonly string[];
  readonly name: string;
  readonly input: JsonObject;
  readonly earlier?: readonly string[];
}

function search({ index, bases, name, input, earlier = [] }: Search, emit: Emit): Promise<Found> {
  const query = typeof input.query === 'string' ? input.query : JSON.stringify(input);
  return emit.step({ kind: 'search', name, title: 'Searching the documents', input }, () =>
    find(index, bases, understand(query, earlier)),
  );
}

/** Names of tools have at most 64 letters, digits, `_` and `-`. */
function toolName(base: string): string {
  if (isThreadBase(base)) return 'search_attached_files';
  return `search_${base.normalize('NFKD').replace(/[^\w-]+/g, '_')}`.slice(0, 64);
}

import type { FilePart, JsonObject, Run } from '../../model/index.ts';
import type { Attachments, Tool, ToolMedium, ToolResult } from '../../ports/index.ts';

/** Member of a result's `meta` that names the files that were stored of it: `[{ id, url, name, contentType }]`. */
const FILES = 'clew/files';

/** Most pictures and sounds of one result that are stored. */
const MOST = 10;

export interface MediaPlace {
  /** The run for whose person they are. */
  readonly owner: Pick<Run, 'tenantId' | 'userId'>;
  readonly tool: Pick<Tool, 'name'>;
  readonly attachments: Pick<Attachments, 'keep'> | undefined;
}

/**
 * The result with its pictures and sounds stored as files: a log of megabytes of base64 was rejected, and so was an address of the tool's own, which a person may not
 * reach. What the store refuses (its size or its type) is named and not shown.
 */
export async function keepMedia(
  { media = [], ...result }: ToolResult,
  { owner, tool, attachments }: MediaPlace,
): Promise<ToolResult> {
  if (media.length === 0 || !attachments) return result;
  const kept: JsonObject[] = [];
  for (const medium of media.slice(0, MOST)) {
    const file = await keep(medium, { owner, tool, attachments }).catch(() => undefined);
    if (file) kept.push(file);
  }
  if (kept.length === 0) return result;
  const told = { type: 'text', text: 'It was shown to the person.', audience: ['assistant'] } as const;
  return { ...result, content: [...result.content, told], meta: { ...result.meta, [FILES]: kept } };
}

async function keep(
  { contentType, data }: ToolMedium,
  { owner, tool, attachments }: MediaPlace & { readonly attachments: Pick<Attachments, 'keep'> },
): Promise<JsonObject | undefined> {
  const ending = /^\w+\/([\w-]+)/.exec(contentType)?.[1] ?? 'bin';
  const { tenantId, userId } = owner;
  const bytes = Buffer.from(data, 'base64');
  const { file, url } = await attachments.keep({ tenantId, userId }, { name: `${tool.name}.${ending}`, bytes });
  return { id: file.id, url, name: file.name, contentType: file.contentType };
}

/** What was stored of a result, as parts of the message. Only what its content says it is, is shown as that. */
export function shownFiles({ meta }: ToolResult): FilePart[] {
  const kept = meta?.[FILES];
  if (!Array.isArray(kept)) return [];
  return (kept as readonly JsonObject[]).flatMap(({ url, name, contentType }): FilePart[] =>
    typeof url === 'string' && typeof contentType === 'string'
      ? [{ type: 'file', contentType, url, ...(typeof name === 'string' ? { name } : {}) }]
      : [],
  );
}

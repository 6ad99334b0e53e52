/** What the address of the page names: `?agent=NAME` and a thread, after `#` or as `?thread=ID`. */
export interface Place {
  readonly agent: string | undefined;
  readonly threadId: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function readPlace(): Place {
  const query = new URLSearchParams(location.search);
  const thread = location.hash.slice(1) || query.get('thread') || '';
  return { agent: query.get('agent') ?? undefined, threadId: UUID.test(thread) ? thread : undefined };
}

/** The address of a place in this page. */
export function addressOf({ agent, threadId }: Place): string {
  const search = agent === undefined ? '' : `?${new URLSearchParams({ agent })}`;
  return `${location.pathname}${search}${threadId === undefined ? '' : `#${threadId}`}`;
}

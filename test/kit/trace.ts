import { readFileSync } from 'node:fs';

/** One line of a stream, as far as nothing is known of it. */
export interface Line {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** What the caller knows of the exchange that made a stream. */
export interface Exchange {
  readonly threadId?: string;
  readonly agentId?: string;
  /** Id of the user message that is answered. */
  readonly messageId?: string;
  readonly tenantId?: string;
  readonly userName?: string;
}

/** A recorded stream from `test/transcripts`, e.g. `seed-1`. */
export function readTranscript(name: string): string {
  return readFileSync(new URL(`../transcripts/${name}.ndjson`, import.meta.url), 'utf8');
}

/** The lines of a stream of bare JSON objects; anything else in it (a blank line, a prefix, a comment) throws, as strict clients do. */
export function parseBareLines(text: string): Line[] {
  if (!text.endsWith('\n')) throw new Error('The stream does not end with a line end.');
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

/**
 * Compares the structure of a stream with a recorded one and lists what is different; empty when nothing is. The recorded stream sets the least:
 * its events, every member of them with its JSON type, their order, the form of ids and times, and which ids are the same. More members and
 * more lines of progress are allowed; texts are not compared.
 */
export function compareWithTrace(recorded: string, produced: string, exchange: Exchange = {}): string[] {
  const model = parseBareLines(recorded);
  const lines = parseBareLines(produced);
  return [
    ...compareEnvelopes(lines),
    ...compareMembers(model, lines),
    ...compareOrder(model, lines),
    ...compareProgress(lines),
    ...compareRelations(lines, exchange),
  ];
}

function compareEnvelopes(lines: readonly Line[]): string[] {
  const complaints: string[] = [];
  let last: readonly [number, number] = [-1, -1];
  for (const line of lines) {
    if (Object.keys(line).join() !== 'id,event,data')
      complaints.push(`${line.id}: members are ${Object.keys(line).join()}`);
    const mark = /^(\d{13})-(\d+)$/.exec(line.id);
    if (!mark) {
      complaints.push(`${line.id} is not an id of the form <ms>-<n>`);
      continue;
    }
    const [ms, n] = [Number(mark[1]), Number(mark[2])];
    if (ms < last[0] || (ms === last[0] && n <= last[1]))
      complaints.push(`${line.id} does not come after ${last.join('-')}`);
    last = [ms, n];
  }
  return complaints;
}

function compareMembers(model: readonly Line[], lines: readonly Line[]): string[] {
  const complaints = new Set<string>();
  for (const expected of model) {
    const found = lines.filter(({ event }) => event === expected.event);
    if (found.length === 0) complaints.add(`there is no ${expected.event}`);
    for (const line of found)
      for (const complaint of differences(expected.data, line.data, line.event)) complaints.add(complaint);
  }
  return [...complaints];
}

/** Members of `expected` that `actual` lacks or has with another type. Of lists, items with the same `response_type` are compared. */
function differences(expected: unknown, actual: unknown, path: string): string[] {
  if (typeOf(expected) !== typeOf(actual)) return [`${path} is ${typeOf(actual)}, not ${typeOf(expected)}`];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const kinds = new Map(expected.map((item) => [Object(item).response_type, item]));
    return actual.flatMap((item, i) => {
      const kind = Object(item).response_type;
      return kinds.has(kind) ? differences(kinds.get(kind), item, `${path}[${i}]`) : [];
    });
  }
  if (typeOf(expected) !== 'object') {
    const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
    return typeof expected === 'string' && time.test(expected) && !time.test(String(actual))
      ? [`${path} is ${String(actual)}, not UTC with microseconds`]
      : [];
  }
  return Object.entries(expected as object).flatMap(([name, value]) =>
    name in (actual as object)
      ? differences(value, (actual as Record<string, unknown>)[name], `${path}.${name}`)
      : [`${path}.${name} is missing`],
  );
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

const PROGRESS = new Set(['run.step.intermediate', 'run.step.delta', 'message.delta']);

function compareOrder(model: readonly Line[], lines: readonly Line[]): string[] {
  const milestones = (of: readonly Line[]) => of.map(({ event }) => event).filter((event) => !PROGRESS.has(event));
  const [wanted, got] = [milestones(model).join(' '), milestones(lines).join(' ')];
  return wanted === got ? [] : [`the order is ${got}, not ${wanted}`];
}

function compareProgress(lines: readonly Line[]): string[] {
  const keys = lines.map(({ event, data }) => (event === 'run.step.intermediate' ? Object(data.message).key : event));
  const before = (event: string, key: string) => {
    const place = keys.indexOf(event);
    return keys[place - 1] === key ? [] : [`before ${event} comes ${String(keys[place - 1])}, not ${key}`];
  };
  return [
    ...(keys[2] === 'thinkingThisThrough' ? [] : [`the third line is ${String(keys[2])}, not thinkingThisThrough`]),
    ...before('message.delta', 'pullingEverythingTogether'),
    ...before('message.created', 'wrappingUpFinalResponse'),
  ];
}

function compareRelations(lines: readonly Line[], exchange: Exchange): string[] {
  const complaints: string[] = [];
  const expectOne = (what: string, values: readonly unknown[], known?: string) => {
    const different = new Set(known === undefined ? values : [known, ...values]);
    if (different.size > 1) complaints.push(`${what} is not the same everywhere: ${[...different].join(', ')}`);
  };
  const created = lines.find(({ event }) => event === 'message.created');
  const message = Object(created?.data.message) as Record<string, unknown>;
  const having = (name: string) => lines.filter(({ data }) => name in data).map(({ data }) => data[name]);
  expectOne('run_id', having('run_id'));
  expectOne('thread_id', [...having('thread_id'), message.thread_id], exchange.threadId);
  expectOne('agent_id', having('agent_id'), exchange.agentId);
  expectOne('the id of the message', [created?.data.message_id, message.id]);
  expectOne('parent_message_id', [message.parent_message_id], exchange.messageId);
  expectOne('tenant_id', [message.tenant_id], exchange.tenantId);
  expectOne('created_by_username', [message.created_by_username], exchange.userName);
  const ends = lines
    .filter(({ event }) => event === 'run.completed' || event === 'done')
    .map(({ data }) => JSON.stringify(data));
  expectOne('the data of run.completed and done', ends);
  if (lines.some(({ data }) => !('run_id' in data))) complaints.push('an event has no run_id');
  return complaints;
}

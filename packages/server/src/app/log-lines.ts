import { type EventOf, type Json, type JsonObject, type Message, type RunEvent, textOf } from '../model/index.ts';

/**
 * The log of a run as people compare it, a line for each thing that happened: without ids, times and pieces of text, the same for every run in which the same
 * happened. Steps stand where they begin, those inside of a step under it.
 */
export function linesOf(events: readonly RunEvent[]): string[] {
  const results = new Map(
    events.flatMap((event) => (event.type === 'step.completed' ? [[event.data.stepId, event.data] as const] : [])),
  );
  const started = events.filter((event) => event.type === 'step.started');
  return events.flatMap((event): string[] => {
    switch (event.type) {
      case 'step.started':
        if (started.some((one) => isInside(event, one))) return [];
        return [event, ...started.filter((one) => isInside(one, event)).sort(byPlace)].map((one) =>
          stepLine(one, results),
        );
      case 'step.completed':
        // Begun before these events.
        if (started.some(({ data }) => data.stepId === event.data.stepId)) return [];
        return [`finished ${event.data.stepId}${outcomeOf(event.data)}`];
      case 'message.completed':
        return [messageLine(event.data.message)];
      case 'context.updated':
        return [`context ${JSON.stringify(event.data.context)}`];
      case 'state.updated':
        return [`state ${JSON.stringify(event.data.state)}`];
      case 'custom.emitted':
        return [`event ${JSON.stringify(event.data.value)}`];
      case 'run.completed':
        return ['completed'];
      case 'run.failed':
        return [`failed ${event.data.error.code}: ${event.data.error.message}`];
      case 'run.cancelled':
        return ['cancelled'];
      default:
        return [];
    }
  });
}

type Started = EventOf<'step.started'>;

function stepLine({ data }: Started, results: ReadonlyMap<string, EventOf<'step.completed'>['data']>): string {
  const { stepId, kind, name, input } = data;
  const indent = '  '.repeat(stepId.split('/').length - 1);
  if (kind === 'model') return `${indent}model`;
  const given = input === undefined ? '' : ` ${JSON.stringify(input)}`;
  return `${indent}${kind} ${name}${given}${outcomeOf(results.get(stepId))}`;
}

function outcomeOf(result: EventOf<'step.completed'>['data'] | undefined): string {
  if (result?.error) return ` ✗ ${result.error.code}: ${result.error.message}`;
  return result?.output === undefined ? '' : ` → ${wordsOf(withoutPersons(result.output))}`;
}

/** Who approved a call, and with which message, is another one in every run. */
function withoutPersons(output: Json): Json {
  const { _meta: meta } = Object(output) as { readonly _meta?: JsonObject };
  const approval = meta?.['clew/approval'];
  if (typeof approval !== 'object' || approval === null || Array.isArray(approval)) return output;
  const { userId: _, userName: __, messageId: ___, ...rest } = approval as JsonObject;
  return { ...(output as JsonObject), _meta: { ...meta, 'clew/approval': rest } };
}

function isInside({ data }: Started, { data: outer }: Started): boolean {
  return data.stepId.startsWith(`${outer.stepId}/`);
}

function messageLine({ parts, interrupt, incomplete }: Message): string {
  const others = parts.filter(({ type }) => type !== 'text').map(({ type }) => `<${type}>`);
  const verb = interrupt ? 'asks' : incomplete ? 'breaks off' : 'says';
  return [`${verb}: ${textOf(parts)}`, ...others].join(' ');
}

function wordsOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `s2/s10` after `s2/s9`. */
function byPlace(a: Started, b: Started): number {
  return a.data.stepId.localeCompare(b.data.stepId, 'en', { numeric: true });
}

import { type CitationPart, type Json, type JsonObject, type Message, type RunEvent, textOf } from '../model/index.ts';
import type { Project } from '../project/index.ts';
import { CITATIONS, type ScriptedAnswer } from '../runtimes/remote/index.ts';

const COLLABORATOR = 'chat_with_collaborator_';

/** Names of the agents that work at other servers. */
export function remoteNames({ agents }: Pick<Project, 'agents'>): ReadonlySet<string> {
  return new Set(agents.flatMap(({ agent, remote }) => (remote ? [agent.name] : [])));
}

/**
 * The events without the hand-overs to other servers: each protocol has its own, with ids of the other server in them, and a script has one of its own. What the other agents
 * said and did stays.
 */
export function withoutRemotes(events: readonly RunEvent[], names: ReadonlySet<string>): RunEvent[] {
  const hidden = new Set(
    events.flatMap((event) =>
      event.type === 'step.started' && event.data.kind === 'handoff' && names.has(event.data.name)
        ? [event.data.stepId]
        : [],
    ),
  );
  return events.filter(
    (event) => !((event.type === 'step.started' || event.type === 'step.completed') && hidden.has(event.data.stepId)),
  );
}

/** What a run is, for `remoteAnswers`. */
export interface RecordedRun {
  readonly agentName: string;
  readonly names: ReadonlySet<string>;
  readonly steps: readonly {
    readonly stepId: string;
    readonly kind: string;
    readonly name: string;
    readonly input?: Json;
  }[];
}

/** What agents of other servers did in one turn of a run, as a fixture scripts it. */
export function remoteAnswers(events: readonly RunEvent[], run: RecordedRun): ScriptedAnswer[] {
  if (run.names.has(run.agentName)) {
    const failed = events.find((event) => event.type === 'run.failed');
    const said = events.flatMap((event) => (event.type === 'message.completed' ? [event.data.message] : []));
    const answer = said.filter(({ interrupt, incomplete }) => !interrupt && !incomplete);
    const question = said.find(({ interrupt }) => interrupt);
    return [
      {
        agent: run.agentName,
        ...stepsOf(events, '', run),
        ...wordsOf(answer),
        ...(question ? { ask: textOf(question.parts) } : {}),
        ...(failed ? { fail: failed.data.error } : {}),
      },
    ];
  }
  return events.flatMap((event): ScriptedAnswer[] => {
    if (event.type === 'step.completed') {
      const { stepId, output, error } = event.data;
      const agent = remoteOf(stepId, run);
      if (agent === undefined) return [];
      return [{ agent, ...stepsOf(events, stepId, run), ...(error ? { fail: error } : answerIn(output)) }];
    }
    if (event.type !== 'run.waiting') return [];
    const outer = event.data.waitId.replace(/\/[^/]*$/, '');
    const agent = remoteOf(outer, run);
    const asked = events.findLast((one) => one.type === 'message.completed' && one.data.message.interrupt);
    if (agent === undefined || asked?.type !== 'message.completed') return [];
    return [{ agent, ...stepsOf(events, outer, run), ask: textOf(asked.data.message.parts) }];
  });
}

/** The agent of another server that works in this step, if it is a hand-off to one. */
function remoteOf(stepId: string, { steps, names }: RecordedRun): string | undefined {
  const step = steps.find((one) => one.stepId === stepId);
  if (step?.kind !== 'handoff' || !step.name.startsWith(COLLABORATOR)) return undefined;
  const plain = step.name.slice(COLLABORATOR.length);
  return [...names].find((name) => name.replace(/[^\w-]/g, '_') === plain);
}

/** What the agent told of its own steps: those right inside of `outer` that are done. */
function stepsOf(
  events: readonly RunEvent[],
  outer: string,
  { steps, names }: RecordedRun,
): Pick<ScriptedAnswer, 'steps'> {
  const prefix = outer === '' ? '' : `${outer}/`;
  const told = events.flatMap((event) => {
    if (event.type !== 'step.completed' || !event.data.stepId.startsWith(prefix)) return [];
    const step = steps.find(({ stepId }) => stepId === event.data.stepId);
    const isOwn = step && !step.stepId.slice(prefix.length).includes('/');
    if (!isOwn || (step.kind === 'handoff' && names.has(step.name))) return [];
    const { output } = event.data;
    const { kind, name, input } = step;
    return [
      {
        ...(kind === 'tool' ? {} : { kind: kind as 'thought' }),
        name,
        ...(input === undefined ? {} : { input }),
        ...(output === undefined ? {} : { output }),
      },
    ];
  });
  return told.length > 0 ? { steps: told } : {};
}

function wordsOf(messages: readonly Message[]): Pick<ScriptedAnswer, 'text' | 'citations'> {
  const parts = messages.flatMap((message) => message.parts);
  const text = textOf(parts);
  const citations = parts.filter((part): part is CitationPart => part.type === 'citation');
  return { ...(text === '' ? {} : { text }), ...cited(messages.length === 1 ? citations : []) };
}

/** What a hand-off gave back. */
function answerIn(output: Json | undefined): Pick<ScriptedAnswer, 'text' | 'citations'> {
  const { content, _meta } = (output ?? {}) as { content?: readonly { text?: string }[]; _meta?: JsonObject };
  const text = (content ?? []).map((piece) => piece.text ?? '').join('\n');
  return { ...(text === '' ? {} : { text }), ...cited((_meta?.[CITATIONS] ?? []) as unknown as CitationPart[]) };
}

function cited(citations: readonly CitationPart[]): Pick<ScriptedAnswer, 'citations'> {
  const told = citations.map(({ type: _, score: __, ...rest }) => rest as JsonObject);
  return told.length > 0 ? { citations: told } : {};
}

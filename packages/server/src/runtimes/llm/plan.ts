import { AgentError, type Json, type JsonObject, textOf } from '../../model/index.ts';
import type { Tool } from '../../ports/index.ts';
import { atOnce } from '../collaborators/at-once.ts';
import { type Answer, fromResult, toResult, withMarks } from '../collaborators/index.ts';
import { Listener } from '../collaborators/listener.ts';
import { callTool } from '../tools/index.ts';
import { FAILURE, fromStored, textForModel, toStored } from '../tools/result.ts';
import type { Calling } from './call.ts';
import { Conversation } from './conversation.ts';
import { addUser } from './history.ts';
import { callModel, type Talk, talk } from './loop.ts';
import type { PromptMessage } from './sdk.ts';
import { Sources } from './sources.ts';
import { Speaker } from './speaker.ts';

/** A task of a plan. */
type Task = { readonly id: string; readonly task: string; readonly after: readonly string[] };

const MOST_TASKS = 10;

const PLAN_SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    tasks: {
      type: 'array',
      maxItems: MOST_TASKS,
      items: {
        type: 'object',
        properties: {
          id: { type: 'string', description: 'A short name for the task.' },
          task: {
            type: 'string',
            description: 'What is to be found out or done, with all that has to be known for it.',
          },
          after: {
            type: 'array',
            items: { type: 'string' },
            description: 'Ids of earlier tasks whose results it needs.',
          },
        },
        required: ['id', 'task'],
      },
    },
  },
  required: ['tasks'],
};

/** What `answerByPlan` needs beside the conversation. */
export interface Planning {
  /** Makes the answer of the results; undefined: the model does. */
  readonly joinTool: Tool | undefined;
  /** The instructions of the agent. */
  readonly system: string;
}

/**
 * Answers in the style `planner`: the model makes a plan, tasks are worked on (those that need nothing of each other at the same time), and their results become
 * the answer. The plan and the tasks are steps; what is done for a task are steps inside of it.
 */
export async function answerByPlan(one: Talk, { joinTool, system }: Planning): Promise<void> {
  const plan = await makePlan(one, system);
  const results = await workOn(plan, one, system);
  if (joinTool) return join(joinTool, results, one);
  const told = plan
    .map(
      ({ id, task }) => `## ${id}\n${task}\n\nResult:\n${withMarks(results[id] as Answer, one.hands.sources.numberOf)}`,
    )
    .join('\n\n');
  const text = `These are the results of the tasks that you planned for my message. Answer it with them; do not speak of tasks.\n\n${told}`;
  if (plan.length > 0) one.conversation.add({ role: 'user', content: [{ type: 'text', text }] });
  await callModel({ ...one, calling: { ...one.calling, tools: [] } });
  return one.speaker.cite();
}

/** The plan: a step that those who may see what steps give back can read. */
async function makePlan(one: Talk, system: string): Promise<readonly Task[]> {
  const { emit, calling, conversation } = one;
  const tools = calling.tools.map((tool) => `- ${tool.name}${'description' in tool ? `: ${tool.description}` : ''}`);
  const ask = `${system}\n\nDo not answer yet. Make a plan: the tasks whose results the answer needs, at most ${MOST_TASKS}, as few as will do, none for what you know. Tasks that need nothing of each other are worked on at the same time.${tools.length === 0 ? '' : ` Whoever works on a task has these tools:\n${tools.join('\n')}`}`;
  const output = await emit.step({ kind: 'tool', name: 'plan', title: 'Planning' }, async (signal, _show, stepId) => {
    const planning: Calling = { ...calling, tools: [], schema: PLAN_SCHEMA };
    const reply = await inside(one, { stepId, signal, calling: planning }, async (inner) =>
      callModel({ ...inner, conversation: conversation.under(ask) }).catch((error) => {
        throw error instanceof AgentError && error.code === 'model_malformed'
          ? new AgentError('model_malformed', 'What the model answered is no plan.')
          : error;
      }),
    );
    return { tasks: tasksIn(reply.value.text) };
  });
  return output.tasks;
}

/** Works on all tasks, each as soon as those are done that it needs. Their results by id. */
async function workOn(plan: readonly Task[], one: Talk, system: string): Promise<Record<string, Answer>> {
  const { emit, turn } = one;
  const done = new Map<string, Promise<Answer>>();
  // All steps begin at once, in the order of the plan: a second entry finds them in the same places.
  const results = await atOnce([...plan.entries()], one.signal, ([at, task], signal) => {
    const before = task.after.map(async (id) => `Result of ${id}:\n${(await done.get(id))?.text}`);
    const title = `Working on part ${at + 1} of ${plan.length}`;
    const info = { kind: 'tool', name: 'run_task', title, input: { id: task.id, task: task.task } } as const;
    const result = emit
      .step(info, async (given, _show, stepId) => {
        const known = (await Promise.all(before)).join('\n\n');
        const text = [`The task: ${task.task}`, known, `It is a part of this message:\n${textOf(turn.input.parts)}`];
        const messages: PromptMessage[] = [];
        addUser(messages, [{ type: 'text', text: text.filter((part) => part !== '').join('\n\n') }]);
        const under = `${system}\n\nYou work on one task of a plan. Give its result, short and complete; it is not shown to the person.`;
        const calling = { ...one.calling, schema: undefined };
        const either = AbortSignal.any([signal, given]);
        const { listener } = await inside(one, { stepId, signal: either, calling }, (inner) =>
          talk({ ...inner, conversation: new Conversation(under, messages) }),
        );
        const { answer } = listener;
        return answer.citations.length > 0 ? toStored(toResult(answer)) : answer.text || 'Nothing was found.';
      })
      .then((output) => fromResult(fromStored(output)))
      .catch(async (error) => {
        await emit.flush(); // Rejects when the run is left.
        if (!(error instanceof AgentError)) throw error;
        return { text: `Error: ${error.message}`, citations: [] };
      });
    done.set(task.id, result);
    return result;
  });
  return Object.fromEntries(plan.map(({ id }, at) => [id, results[at] as Answer]));
}

/** Makes the answer with the agent's own tool. Source: ADK, `custom_join_tool`: `original_query`, `task_results`, `messages`. */
async function join(tool: Tool, results: Record<string, Answer>, { turn, speaker, signal }: Talk): Promise<void> {
  const history = [...(await turn.history()), turn.input];
  const messages = history.map(({ role, parts }) => ({ role, content: textOf(parts) }));
  const texts = Object.fromEntries(Object.entries(results).map(([id, { text }]) => [id, text]));
  const input = { original_query: textOf(turn.input.parts), task_results: texts, messages };
  const result = await callTool({ tool, input, callId: 'join', turn, emit: speaker.emit, signal });
  if (result.isError) {
    const { code } = (result.meta?.[FAILURE] ?? {}) as { readonly code?: Json };
    throw new AgentError(typeof code === 'string' ? code : 'tool_failed', textForModel(result).replace(/^Error: /, ''));
  }
  speaker.emit.text(textForModel(result));
}

/** Lets a conversation go on inside of a step: nobody hears it but this agent. */
async function inside<T>(
  { turn, emit, hands }: Talk,
  { stepId, signal, calling }: { readonly stepId: string; readonly signal: AbortSignal; readonly calling: Calling },
  work: (inner: Omit<Talk, 'conversation'>) => Promise<T>,
): Promise<{ readonly value: T; readonly listener: Listener }> {
  const listener = new Listener();
  const own = listener.emitFor({ emit, inner: emit.within(stepId), agent: turn.agent, signal });
  const sources = new Sources();
  const speaker = new Speaker(own, sources);
  const value = await work({ turn, emit: own, signal, calling, speaker, hands: { ...hands, sources } });
  return { value, listener };
}

/** The tasks of a plan that fits the schema: each with a name of its own, after earlier ones only. */
function tasksIn(text: string): Task[] {
  const { tasks } = JSON.parse(text) as { readonly tasks: readonly (Omit<Task, 'after'> & Partial<Task>)[] };
  const known: Task[] = [];
  for (const { id, task, after = [] } of tasks) {
    const name = known.some((other) => other.id === id) ? `${id}-${known.length + 1}` : id;
    known.push({ id: name, task, after: after.filter((other) => known.some((earlier) => earlier.id === other)) });
  }
  return known;
}

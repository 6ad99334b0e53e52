import type { Agent, JsonObject, Message } from '../../model/index.ts';
import type { Emit } from '../../ports/index.ts';
import { readAnswer } from './answer.ts';
import { authorOf, type Decision, expiryOf, type PendingCall } from './approval.ts';
import { editedInput } from './input-fields.ts';
import { fieldsOf, question } from './question.ts';
import { checkOf } from './schema.ts';

/**
 * Asks the person about calls, in one question, until everything is decided: for each call whether it is made, and with which input. An answer that leaves
 * something open, or an input that does not fit its schema, is asked for again with a word about why.
 */
export async function decide(pending: readonly PendingCall[], { emit, agent }: Asking): Promise<Decision[]> {
  const expires = expiryOf(
    pending.map(({ tool }) => tool),
    agent,
  );
  const calls = pending.map(({ tool, input }) => ({ name: tool.name, title: tool.displayName, input }));
  let complaint: string | undefined;
  let entered: JsonObject | undefined;
  for (;;) {
    const asked = question(pending, { complaint, entered, expires });
    const answer = await emit.ask(asked, { calls, ...(expires ? { expires } : {}) });
    if (answer.expired) return pending.map(() => ({ approved: false, expired: true }));
    const decisions = await Promise.all(pending.map((call, index) => decisionOf({ answer, call, index, pending })));
    const open = decisions.filter((one) => typeof one === 'string');
    if (open.length === 0) return decisions as Decision[];
    complaint = [...new Set(open)].join(' ');
    const said = readAnswer(answer.parts);
    entered = said.is === 'form' ? said.data : undefined;
  }
}

/** Who asks. */
export interface Asking {
  readonly emit: Emit;
  readonly agent: Pick<Agent, 'spec'>;
}

interface Asked {
  readonly answer: Message;
  readonly call: PendingCall;
  readonly index: number;
  readonly pending: readonly PendingCall[];
}

/** What an answer says about one call, or why it is not enough. */
async function decisionOf({ answer, call, index, pending }: Asked): Promise<Decision | string> {
  const by = authorOf(answer);
  const said = readAnswer(answer.parts);
  if (said.is === 'no') return { by, approved: false, reason: said.reason };
  if (said.is === 'yes') return { by, approved: true, input: call.input, edited: false };
  const fields = fieldsOf(pending, index);
  const reason = textIn(said.data, fields.reason) ?? textIn(said.data, 'reason') ?? '';
  const word = textIn(said.data, fields.decision) ?? textIn(said.data, 'decision');
  if (word === 'reject') return { by, approved: false, reason };
  if (word !== 'approve') return `Choose \`approve\` or \`reject\` for ${call.tool.displayName}.`;
  let input: JsonObject;
  try {
    input = editedInput(call, fields.inputs, { ...said.data, input: said.data[fields.input] });
  } catch (error) {
    return `This does not fit ${call.tool.displayName}: ${(error as Error).message}.`;
  }
  const wrong = (await checkOf(call.tool.inputSchema))(input);
  if (wrong !== undefined) return `This does not fit ${call.tool.displayName}: ${wrong}.`;
  return { by, approved: true, input, edited: JSON.stringify(input) !== JSON.stringify(call.input) };
}

function textIn(data: JsonObject, name: string): string | undefined {
  const value = data[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

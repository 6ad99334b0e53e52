import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentMetadata, AgentOutput, CodeTurn, Json, JsonObject } from 'clew';

/** What no request may ever go to. */
const CANARY = process.env.CANARY ?? 'canary.example';
const TITLE = `<img src=http://${CANARY}/agent onerror=alert(1)>`;
const HOSTILE = `${TITLE} ![p](http://${CANARY}/agent.png) [j](javascript:alert(1))`;

export const agent: AgentMetadata = {
  name: 'parrot',
  display_name: TITLE,
  description: HOSTILE,
  icon: `http://${CANARY}/icon.svg`,
  welcome_content: { welcome_message: HOSTILE, description: HOSTILE },
  starter_prompts: {
    prompts: [1, 2, 3, 4].map((id) => ({ id: String(id), title: HOSTILE, subtitle: HOSTILE, prompt: 'items 0' })),
  },
};

interface Payloads {
  readonly markdown: readonly string[];
  readonly items: readonly { readonly kind: string; readonly value: JsonObject }[];
  readonly forms: readonly JsonObject[];
  readonly steps: readonly {
    readonly name: string;
    readonly title: string;
    readonly input: Json;
    readonly output: Json;
  }[];
  readonly errors: readonly string[];
}

/** Says the payload that the message names, `markdown 17`; any other message comes back as it is. Text comes a character at a time. */
export default async function* parrot(turn: CodeTurn): AgentOutput {
  const [, list, number] = /^(markdown|items|forms|steps|errors|cited) (\d+)$/.exec(turn.text) ?? [];
  const index = Number(number);
  if (list === 'items') {
    yield { type: 'item', ...read('items')[index]! };
  } else if (list === 'forms') {
    yield { type: 'item', kind: 'forms', value: read('forms')[index]! };
  } else if (list === 'steps') {
    const { output, ...step } = read('steps')[index]!;
    yield JSON.stringify(await turn.step(step, () => output));
  } else if (list === 'errors') {
    yield* turn.text;
    turn.fail('invalid_input', read('errors')[index]!);
  } else if (list === 'cited') {
    const text = read('markdown')[index]!;
    yield* text;
    const source = { url: text, title: text, description: text, source: text };
    yield { type: 'citation', start: 0, end: 3, ...source };
    yield { type: 'citation', start: 2, end: 9, ...source, url: `http://${CANARY}/cited` };
  } else {
    yield* list === 'markdown' ? read('markdown')[index]! : turn.text;
  }
}

function read<K extends keyof Payloads>(list: K): Payloads[K] {
  const text = readFileSync(join(import.meta.dirname, `../../payloads/${list}.json`), 'utf8');
  return JSON.parse(text.replaceAll('CANARY', CANARY));
}

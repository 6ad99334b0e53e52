import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const flag = { type: 'boolean' } as const;

/** What there is to measure, by the file that does it, and the options of each. `run` is what is measured when none of the others is named. */
const MEASURES = {
  run: { quick: flag, widget: flag, server: flag },
  explain: { events: { type: 'string' }, plans: flag },
  postgres: { quick: flag },
  scale: { quick: flag, write: flag, keep: flag, tables: flag },
} as const;
const NAMED = ['explain', 'postgres', 'scale'] as const;
const OPTIONS = {
  help: flag,
  ...MEASURES.run,
  ...MEASURES.explain,
  ...MEASURES.postgres,
  ...MEASURES.scale,
  ...{ explain: flag, postgres: flag, scale: flag },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** What `npm run bench` was asked to do: to measure, or to say something and end with this exit code. */
export type Asked =
  | { readonly measure: keyof typeof MEASURES; readonly values: Values }
  | { readonly say: string; readonly exitCode: 0 | 2 };

/** Reads the arguments after the name of the script. What it does not know is refused, since a bench takes minutes. */
export function readOptions(args: readonly string[]): Asked {
  let values: Values;
  try {
    ({ values } = parseArgs({ args: [...args], options: OPTIONS }));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  const [measure = 'run', other] = NAMED.filter((name) => values[name]);
  if (values.help) return { say: headerOf(measure), exitCode: 0 };
  if (other) return refuse(`--${measure} and --${other} do not go together.`);
  const stray = Object.keys(values).find((name) => name !== measure && !Object.hasOwn(MEASURES[measure], name));
  if (stray !== undefined)
    return refuse(`--${stray} is no option ${measure === 'run' ? 'by itself' : `of --${measure}`}.`);
  return { measure, values };
}

function refuse(message: string): Asked {
  return { say: `${message.replace(/\.?$/, '.')} \`npm run bench -- --help\` lists the options.`, exitCode: 2 };
}

/** The comment at the head of a measure's file, which says what it does and what its options are. */
function headerOf(measure: keyof typeof MEASURES): string {
  const source = readFileSync(new URL(`./${measure}.ts`, import.meta.url), 'utf8');
  return source
    .slice(source.indexOf('/**') + 3, source.indexOf('*/'))
    .replace(/^ \* ?/gm, '')
    .trim();
}

import fc from 'fast-check';
import { stringify } from 'yaml';
import { oddJson, oddText } from './runs.ts';

/** What YAML means something by. */
const MARKS = [
  ': ',
  '- ',
  '? ',
  '\t',
  '  ',
  '\n',
  '\r',
  '&a ',
  '*a',
  '<<: *a',
  '!!binary x',
  '!x ',
  '---\n',
  '...\n',
  '"',
  "'",
  '|\n',
  '>-\n',
  '{',
  '}',
  '[',
  ']',
  ',',
  '#',
  '%YAML 9.9\n',
  '\0',
  '\ufeff',
  '~',
  '.inf',
  '.nan',
  '0x7f',
  '2026-02-30',
  '1e999',
  '__proto__: ',
  'constructor: ',
];

/** The text with some cuts, doublings and marks at random places. */
function broken(text: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: text.length });
  const change = fc.tuple(place, fc.nat({ max: 20 }), fc.oneof(fc.constant(''), fc.constantFrom(...MARKS), oddText));
  return fc
    .array(change, { minLength: 1, maxLength: 5 })
    .map((changes) => changes.reduce((now, [at, cut, put]) => now.slice(0, at) + put + now.slice(at + cut), text));
}

/** Fields with these names, and values of all kinds. */
function fields(names: readonly string[]): fc.Arbitrary<string> {
  const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: oddText });
  const value: fc.Arbitrary<unknown> = fc.oneof(
    oddJson,
    fc.dictionary(name, oddJson, { maxKeys: 4 }),
    fc.array(fc.dictionary(name, oddJson, { maxKeys: 3 }), { maxLength: 3 }),
  );
  return fc.dictionary(name, value, { maxKeys: 6 }).map((object) => stringify(object));
}

/** Texts that are nearly a file like one of these. `names` are fields that such a file has. */
export function yamlText(examples: readonly string[], names: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...examples).chain(broken) },
    { weight: 4, arbitrary: fields(names) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.oneof(fc.constantFrom(...MARKS), oddText), { maxLength: 30 })
        .map((parts) => parts.join('')),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        laughs(),
        '['.repeat(3_000),
        'a: '.repeat(500),
        '- '.repeat(2_000),
        '&a [*a]',
        'a: &a {b: *a}',
        '? {a: 1}\n: 2',
      ),
    },
  );
}

/** A billion laughs: aliases of lists of aliases. */
function laughs(): string {
  const lines = Array.from(
    { length: 12 },
    (_, at) => `l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(', ')}]`,
  );
  return ['l0: &l0 lol', ...lines, 'description: *l12', 'channels: *l12', ''].join('\n');
}

import fc from 'fast-check';

/**
 * Checks a property with so many inputs as fit a quick test, always the same ones; `FUZZ_RUNS=20000` (what `npm run fuzz` sets) looks at that many, new ones each
 * time. A failure prints its seed and path: `FUZZ_SEED=…` plays it again.
 */
export async function check<T extends [unknown, ...unknown[]]>(
  quick: number,
  property: fc.IAsyncProperty<T> | fc.IProperty<T>,
): Promise<void> {
  const { FUZZ_RUNS, FUZZ_SEED } = process.env;
  await fc.assert(property, {
    numRuns: FUZZ_RUNS ? Number(FUZZ_RUNS) : quick,
    ...(FUZZ_SEED ? { seed: Number(FUZZ_SEED) } : FUZZ_RUNS ? {} : { seed: 4_321 }),
  });
}

/** How long a test may take: quick ones as long as any, others a second for ten inputs. */
export const TIMEOUT_MS = Math.max(60_000, Number(process.env.FUZZ_RUNS ?? 0) * 100);

/** Texts that programs trip over. */
export const oddText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '\u2028',
    '..',
    '../../etc/passwd',
    '%00',
    '%',
    '%ff',
    "' OR 1=1 --",
    '"; DROP TABLE threads; --',
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    '-1',
    '0',
    '1e999',
    '9007199254740993',
    '00000000-0000-4000-8000-000000000000',
    '{}',
    '[]',
    '<script>',
    '$' + '{HOME}',
    '{{7*7}}',
    'a'.repeat(5_000),
  ),
);

/** Any JSON, often of the kinds that programs trip over. */
export const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308, [], {}, [[]], [null], { '': null }),
);

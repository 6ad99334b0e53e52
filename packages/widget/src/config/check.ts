import type { Checked, KeyTable } from './keys.ts';

/** Something that is wrong with a configuration. */
export interface Finding {
  /** Names the key, e.g. `chatOptions.agentId`, and says what it must be. */
  readonly message: string;
  /** There can be no chat before it is corrected. */
  readonly fatal: boolean;
}

/** The values of a configuration that can be used, and what is wrong with the others. `raw` may be anything; nothing, null and empty text are the same. */
export function check<T extends KeyTable>(raw: unknown, table: T): { values: Checked<T>; findings: Finding[] } {
  const findings: Finding[] = [];
  const read = (from: unknown, keys: KeyTable, path: string): Record<string, unknown> => {
    const values: Record<string, unknown> = {};
    const given = new Map(Object.entries(Object(from)).map((entry) => [entry[0].toLowerCase(), entry]));
    for (const [key, rule] of Object.entries(keys)) {
      const value = given.get(key.toLowerCase())?.[1] ?? '';
      given.delete(key.toLowerCase());
      const kind = typeof rule === 'object' ? 'object' : rule.replace('!', '');
      const fatal = kind !== rule && kind !== 'object';
      if (value !== '' && fits(value, kind)) values[key] = value;
      else if (fatal || value !== '') {
        const must = value === '' ? 'is mandatory' : `must be ${kind}`;
        findings.push({ message: `${path}${key} ${must}.`, fatal });
      }
      if (typeof rule === 'object') values[key] = read(values[key], rule, `${path}${key}.`);
    }
    for (const [name] of given.values()) findings.push({ message: `${path}${name} is not known.`, fatal: false });
    return values;
  };
  return { values: read(typeof raw === 'object' ? raw : {}, table, '') as Checked<T>, findings };
}

function fits(value: unknown, kind: string): boolean {
  if (kind === 'any' || typeof value === kind) return true;
  if (kind === 'element') return value instanceof HTMLElement;
  if (kind === '#rrggbb') return /^#[\da-f]{6}$/i.test(value as string);
  if (kind === 'size') return /^[\w.%(), +*/-]+$/.test(value as string);
  return kind.split('|').includes(value as string);
}

/** One line for the console, in the wording that pages of the web chat know. `where` is what to correct. */
export function explain(findings: readonly Finding[], where: string): string {
  return `wxO error ::: Config error ::: ${findings.map(({ message }) => message).join(' ')} Correct ${where}: \`clew embed\` prints a good one.`;
}

/** Prints rows as Markdown; the first is the head. */
export function print(lines: readonly (readonly string[])[]): void {
  console.log();
  for (const [n, line] of lines.entries()) {
    console.log(`| ${line.join(' | ')} |`);
    if (n === 0) console.log(`|${' --- |'.repeat(line.length)}`);
  }
}

/** The middle one, or the upper of two; undefined of nothing. */
export function median(values: readonly number[] | undefined): number | undefined {
  return values && [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Of values that are sorted: the one that `share` (0 to 1) of them are below. NaN of nothing. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The median, with the least and the most where there are several; a dash for nothing. */
export function shown(values: readonly number[] | undefined): string {
  const middle = median(values);
  if (!values || middle === undefined) return '–';
  const digits = middle < 10 ? 2 : middle < 100 ? 1 : 0;
  const format = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: digits });
  return values.length === 1
    ? format(middle)
    : `${format(middle)} [${format(Math.min(...values))}–${format(Math.max(...values))}]`;
}

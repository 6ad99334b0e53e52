import type { Style } from '../io.ts';

/**
 * The lines that were expected and those that came, as people compare them: what is on both sides plain, what is missing with `-`, what is new with `+`. Undefined when
 * they are the same. In an expected line `*` stands for anything.
 */
export function diffLines(expected: readonly string[], came: readonly string[], style: Style): string[] | undefined {
  const same = (at: number, other: number) => matches(expected[at] as string, came[other] as string);
  if (expected.length === came.length && expected.every((_, at) => same(at, at))) return undefined;
  // The longest common part of each pair of ends: fixtures have dozens of lines, not thousands.
  const longest = Array.from({ length: expected.length + 1 }, () => new Array<number>(came.length + 1).fill(0));
  const at = (row: number, column: number) => longest[row]?.[column] ?? 0;
  for (let row = expected.length - 1; row >= 0; row -= 1)
    for (let column = came.length - 1; column >= 0; column -= 1)
      (longest[row] as number[])[column] = same(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
  const lines: string[] = [];
  let row = 0;
  let column = 0;
  while (row < expected.length || column < came.length) {
    if (row < expected.length && column < came.length && same(row, column)) {
      lines.push(style.dim(`  ${came[column]}`));
      row += 1;
      column += 1;
    } else if (row < expected.length && (column >= came.length || at(row + 1, column) >= at(row, column + 1))) {
      lines.push(style.red(`- ${expected[row]}`));
      row += 1;
    } else {
      lines.push(style.green(`+ ${came[column]}`));
      column += 1;
    }
  }
  return lines;
}

function matches(expected: string, came: string): boolean {
  if (expected === came) return true;
  if (!expected.includes('*')) return false;
  const pattern = expected.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[\\s\\S]*')}$`).test(came);
}

import type { Io } from '../io.ts';
import { print } from '../io.ts';
import { oneLine, widthOf } from './text.ts';

/** A column of a table: its title, and whether it gives up width when the terminal is narrow. */
export interface Column {
  readonly title: string;
  readonly shrink?: boolean;
}

const GAP = '  ';
const NARROWEST = 12;

/** Prints rows under column titles. On a terminal the columns that may shrink are cut to its width; in a pipe nothing is. */
export function printTable(io: Io, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map((cell) => oneLine(cell)));
  const widths = columns.map(({ title }, index) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index] ?? ''))),
  );
  if (io.terminal.stdout) shrink(columns, widths, io.columns());
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => pad(oneLine(cell, widths[index]), widths[index] ?? 0))
      .join(GAP)
      .trimEnd();
  print(io, io.style.dim(line(columns.map(({ title }) => title))));
  for (const row of cells) print(io, line(row));
}

function shrink(columns: readonly Column[], widths: number[], available: number): void {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  while (total() > available) {
    let widest = -1;
    for (const [index, { shrink }] of columns.entries()) {
      if (shrink && widths[index]! > NARROWEST && (widest < 0 || widths[index]! > widths[widest]!)) widest = index;
    }
    if (widest < 0) return;
    widths[widest]!--;
  }
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

import { type Field, type Loose, loose, numberIn, text } from './fields.ts';

export interface Column {
  readonly key: string;
  readonly header: string;
}

export interface Row {
  /** `rowId`, else the number of the row. */
  readonly id: string;
  /** As the agent gave it, and gets it back when it is chosen. */
  readonly given: Loose;
}

export interface Order {
  readonly key: string;
  readonly direction: 'ascending' | 'descending';
}

/** What a page of a table shows. */
export interface Shown {
  readonly rows: readonly Row[];
  /** Number of the first row of this page among those found, from 0. */
  readonly from: number;
  /** How many rows were found. */
  readonly found: number;
  readonly page: number;
  readonly pages: number;
}

const ROWS_A_PAGE = 10;
const MOST_A_PAGE = 100;

/** The columns of a table; those of its first row where the schema has no headers. */
export function columnsOf({ schema, value }: Field): readonly Column[] {
  if (Array.isArray(schema.headers)) {
    return schema.headers.flatMap((one) => {
      const { key, header } = loose(one) ?? {};
      return typeof key === 'string' ? [{ key, header: text(header) || key }] : [];
    });
  }
  const first = Array.isArray(value) ? loose(value[0]) : undefined;
  return Object.keys(first ?? {})
    .filter((key) => key !== 'rowId')
    .map((key) => ({ key, header: key }));
}

export function rowsOf({ value }: Field): readonly Row[] {
  return (Array.isArray(value) ? value : []).flatMap((one, index) => {
    const given = loose(one);
    return given ? [{ id: String(given.rowId ?? index), given }] : [];
  });
}

export function pageSize({ schema }: Field): number {
  const size = Math.floor(numberIn(schema, 'defaultRowSize') ?? ROWS_A_PAGE);
  return size > 0 ? Math.min(size, MOST_A_PAGE) : ROWS_A_PAGE;
}

export interface Wanted {
  readonly columns: readonly Column[];
  /** Parts of a row's text, in any order; empty: all rows. */
  readonly search: string;
  readonly order: Order | undefined;
  /** From 0; the last one where there are not so many. */
  readonly page: number;
  readonly size: number;
  readonly locale: string;
}

/** Finds, sorts (numbers by their value, text as the language does) and cuts out a page. */
export function showRows(rows: readonly Row[], { columns, search, order, page, size, locale }: Wanted): Shown {
  const parts = search.toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
  const textOf = (row: Row) =>
    columns
      .map(({ key }) => cellText(row.given[key]))
      .join('\n')
      .toLocaleLowerCase(locale);
  const found =
    parts.length === 0 ? [...rows] : rows.filter((row) => parts.every((part) => textOf(row).includes(part)));
  if (order) {
    const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
    const sign = order.direction === 'ascending' ? 1 : -1;
    found.sort((a, b) => {
      const [one, other] = [a.given[order.key], b.given[order.key]];
      if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
      return sign * compare(cellText(one), cellText(other));
    });
  }
  const pages = Math.max(1, Math.ceil(found.length / size));
  const current = Math.min(Math.max(page, 0), pages - 1);
  const from = current * size;
  return { rows: found.slice(from, from + size), from, found: found.length, page: current, pages };
}

export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

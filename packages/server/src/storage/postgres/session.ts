/** A value that a parameter takes; an array is a parameter of an array's type. */
export type Value = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** A row as an array of its columns. `bigint` comes as a number, `json` as what it says. */
// biome-ignore lint/suspicious/noExplicitAny: what a column holds is known where its statement is written
export type Row = any[];

/** Where statements run: on any connection of the pool, or within one transaction. */
export interface Session {
  /** All rows of a statement. */
  rows(sql: string, ...values: Value[]): Promise<Row[]>;
  /** The first row, or undefined. */
  row(sql: string, ...values: Value[]): Promise<Row | undefined>;
  /** How many rows a statement changed. */
  run(sql: string, ...values: Value[]): Promise<number>;
}

import { expect, test } from 'vitest';
import { type Field, readForm } from '../../src/forms/fields.ts';
import { columnsOf, pageSize, rowsOf, showRows, type Wanted } from '../../src/forms/rows.ts';

function table(schema: object, rows: unknown): Field {
  const json_schema = { type: 'object', properties: { a: { type: 'array', ...schema } } };
  const ui_schema = { a: { 'ui:widget': 'Table' } };
  return readForm({ response_type: 'forms', id: '1', json_schema, ui_schema, form_data: { a: rows } })
    .fields[0] as Field;
}

const rooms = table(
  { headers: [{ key: 'name', header: 'Room' }, { key: 'seats', header: 'Seats' }, 3, { header: 'x' }] },
  [
    { rowId: 'r1', name: 'Eiche', seats: 12 },
    { rowId: 'r2', name: 'Ärmel', seats: 3 },
    null,
    { name: 'Zimmer 10', seats: 100 },
    { name: 'Zimmer 9', seats: undefined },
  ],
);
const [columns, rows] = [columnsOf(rooms), rowsOf(rooms)];
const wanted: Wanted = { columns, search: '', order: undefined, page: 0, size: 10, locale: 'de' };
const names = (change: Partial<Wanted>) => showRows(rows, { ...wanted, ...change }).rows.map(({ given }) => given.name);

test('columns and rows that make sense', () => {
  expect(columns).toEqual([
    { key: 'name', header: 'Room' },
    { key: 'seats', header: 'Seats' },
  ]);
  expect(rows.map(({ id }) => id)).toEqual(['r1', 'r2', '3', '4']);
  expect(columnsOf(table({}, [{ rowId: 1, a: 1, b: 2 }])).map(({ key }) => key)).toEqual(['a', 'b']);
  expect(rowsOf(table({}, 'no list'))).toEqual([]);
  expect([undefined, 0, 5, 5_000].map((size) => pageSize(table({ defaultRowSize: size }, [])))).toEqual([
    10, 10, 5, 100,
  ]);
});

test('sorts as people do, by numbers and by the language', () => {
  expect(names({ order: { key: 'name', direction: 'ascending' } })).toEqual([
    'Ärmel',
    'Eiche',
    'Zimmer 9',
    'Zimmer 10',
  ]);
  expect(names({ order: { key: 'name', direction: 'descending' } })[0]).toBe('Zimmer 10');
  expect(names({ order: { key: 'seats', direction: 'descending' } })[0]).toBe('Zimmer 10');
});

test('finds parts in any column and order', () => {
  expect(names({ search: '10 ZIM' })).toEqual(['Zimmer 10']);
  expect(names({ search: 'nothing' })).toEqual([]);
});

test('cuts out pages, the last one at most', () => {
  expect(showRows(rows, { ...wanted, size: 3, page: 7 })).toMatchObject({ from: 3, found: 4, page: 1, pages: 2 });
  expect(showRows([], { ...wanted, page: 1 })).toMatchObject({ rows: [], from: 0, found: 0, page: 0, pages: 1 });
});

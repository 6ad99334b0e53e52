import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import { tableType } from './answer.ts';
import type { Control, ControlSource } from './control.ts';
import { cellText, columnsOf, type Order, pageSize, type Row, rowsOf, showRows } from './rows.ts';

/** Rows to read, or to choose one or several from; the value is the rows that are chosen, as they were given. */
export function tableControl({ field, id, words, changed }: ControlSource): Control {
  const { schema, title } = field;
  const [columns, rows, type] = [columnsOf(field), rowsOf(field), tableType(schema)];
  const size = pageSize(field);
  const chosen = new Set<Row>();
  let search = '';
  let order: Order | undefined;
  let page = 0;

  const body = el('tbody');
  const count = el('span', { class: 'form-count', role: 'status' });
  const picked = el('span', { class: 'form-picked' });
  const back = turn(words.t('previous'), 'M15 5l-7 7 7 7', () => show(page - 1));
  const on = turn(words.t('next'), 'M9 5l7 7-7 7', () => show(page + 1));
  const all = el('input', { type: 'checkbox', 'aria-label': words.t('selectAll') });
  const heads = columns.map(({ key, header }) => head(key, header));
  const empty = el('p', { class: 'form-none', hidden: true }, words.t('noMatches'));
  let found: readonly Row[] = [];

  function head(key: string, header: string): HTMLTableCellElement {
    if (schema.isSortable === false) return el('th', { scope: 'col' }, header);
    const button = el('button', { type: 'button' }, header, drawing('M8 10l4-4 4 4M8 14l4 4 4-4'));
    const cell = el('th', { scope: 'col', 'data-key': key }, button);
    button.addEventListener('click', () => {
      const again = order?.key === key;
      order =
        again && order?.direction === 'descending' ? undefined : { key, direction: again ? 'descending' : 'ascending' };
      show(0);
    });
    return cell;
  }

  function line(row: Row, number: number): HTMLTableRowElement {
    const cells = columns.map(({ key }) => {
      const value = row.given[key];
      return el('td', { class: typeof value === 'number' ? 'form-figure' : undefined }, cellText(value));
    });
    const element = el('tr');
    if (type !== 'dataTable') {
      const box = el('input', {
        type: type === 'single' ? 'radio' : 'checkbox',
        name: id,
        disabled: field.readOnly,
        'aria-label': `${words.t('selectRow', { n: number })}: ${cellText(row.given[columns[0]?.key ?? ''])}`,
      });
      box.addEventListener('change', () => pick([row], box.checked));
      element.append(el('td', { class: 'form-pick' }, el('label', {}, box)));
    }
    element.append(...cells);
    return element;
  }

  function pick(some: readonly Row[], yes: boolean): void {
    if (type === 'single') chosen.clear();
    for (const row of some) {
      if (yes) chosen.add(row);
      else chosen.delete(row);
    }
    refresh();
    changed();
  }

  /** What depends on the choice alone; the rows keep their nodes, and so the focus. */
  function refresh(): void {
    for (const [index, row] of found.entries()) {
      const line = body.rows[index];
      const box = line?.querySelector('input');
      line?.classList.toggle('form-chosen', chosen.has(row));
      if (box) box.checked = chosen.has(row);
    }
    const here = found.filter((row) => chosen.has(row)).length;
    all.checked = here > 0 && here === found.length;
    all.indeterminate = here > 0 && here < found.length;
    picked.textContent = type === 'multi' && chosen.size > 0 ? words.t('selected', { n: chosen.size }) : '';
  }

  function show(wanted: number): void {
    const shown = showRows(rows, { columns, search, order, page: wanted, size, locale: words.locale });
    page = shown.page;
    found = shown.rows;
    body.replaceChildren(...found.map((row, index) => line(row, shown.from + index + 1)));
    empty.hidden = shown.found > 0;
    for (const cell of heads) {
      if (order && cell.dataset.key === order.key) cell.setAttribute('aria-sort', order.direction);
      else cell.removeAttribute('aria-sort');
    }
    back.setAttribute('aria-disabled', String(page === 0));
    on.setAttribute('aria-disabled', String(page === shown.pages - 1));
    const [from, to] = [Math.min(shown.from + 1, shown.found), shown.from + found.length];
    count.textContent = words.t('rowsOf', { from, to, total: shown.found });
    refresh();
  }

  all.addEventListener('change', () => pick(found, all.checked));
  const searchBox = el('input', {
    type: 'search',
    class: 'form-input',
    placeholder: words.t('search'),
    'aria-label': `${words.t('search')}: ${title}`,
  });
  searchBox.addEventListener('input', (event) => {
    // What is looked for is no answer of the form.
    event.stopPropagation();
    search = searchBox.value;
    show(0);
  });
  searchBox.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault();
  });

  const choice =
    type !== 'dataTable' &&
    el(
      'th',
      { scope: 'col', class: 'form-pick' },
      type === 'multi' ? el('label', {}, all) : el('span', { class: 'form-unseen' }, words.t('choice')),
    );
  show(0);
  const paged = rows.length > size;
  const element = el(
    'div',
    { class: 'form-table' },
    schema.isSearchable !== false && rows.length > 5 && el('div', { class: 'form-search' }, searchBox),
    el(
      'div',
      { class: 'form-scroll', role: 'region', tabindex: '0', 'aria-label': title },
      el('table', {}, el('thead', {}, el('tr', {}, choice, ...heads)), body),
      empty,
    ),
    (paged || type === 'multi') && el('div', { class: 'form-pages' }, count, picked, paged && back, paged && on),
  );
  return {
    element,
    // Sought anew, since sorting and paging make new ones.
    get focus() {
      return element.querySelector<HTMLElement>('td input') ?? element;
    },
    read: () => rows.filter((row) => chosen.has(row)).map(({ given }) => given),
  };
}

function turn(label: string, path: string, move: () => void): HTMLButtonElement {
  const button = el('button', { type: 'button', class: 'form-turn', 'aria-label': label }, drawing(path));
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') !== 'true') move();
  });
  return button;
}

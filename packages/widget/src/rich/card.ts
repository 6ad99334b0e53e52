import type { ContentItem } from '@clew/wire/client';
import { el } from '../dom/element.ts';
import type { ItemContext } from '../items/context.ts';
import { objectsIn } from './text.ts';

/** Items one below the other on a card of their own, buttons at its foot. */
export function renderCard(item: ContentItem, { render }: ItemContext): HTMLElement {
  const body = objectsIn<ContentItem>(item.body);
  const footer = objectsIn<ContentItem>(item.footer);
  if (body.length + footer.length === 0) throw new Error('The card is empty.');
  return el(
    'div',
    { class: 'rich-card' },
    body.length > 0 && el('div', { class: 'rich-body' }, ...body.map(render)),
    footer.length > 0 && el('div', { class: 'rich-footer' }, ...footer.map(render)),
  );
}

interface Cell {
  readonly items?: unknown;
  readonly horizontal_alignment?: unknown;
  readonly vertical_alignment?: unknown;
}

/** Items in rows and columns. Widths are shares (`1`), pixels (`80px`) or per cent; others are shares of one. */
export function renderGrid(item: ContentItem, { render }: ItemContext): HTMLElement {
  const rows = objectsIn<{ cells?: unknown }>(item.rows).map(({ cells }) => objectsIn<Cell>(cells));
  const width = Math.max(0, ...rows.map(({ length }) => length));
  if (width === 0) throw new Error('The grid has no cells.');
  const given = objectsIn<{ width?: unknown }>(item.columns);
  const columns = Array.from({ length: width }, (_, column) => trackOf(given[column]?.width));
  const cells = rows.flatMap((row) =>
    columns.map((_, column) => {
      const cell = row[column] ?? {};
      return el(
        'div',
        {
          class: 'rich-cell',
          'data-x': alignment(cell.horizontal_alignment),
          'data-y': alignment(cell.vertical_alignment),
        },
        ...objectsIn<ContentItem>(cell.items).map(render),
      );
    }),
  );
  const grid = el('div', { class: 'rich-cells' }, ...cells);
  grid.style.setProperty('--rich-columns', columns.join(' '));
  return el('div', { class: 'rich-grid' }, grid);
}

function trackOf(width: unknown): string {
  const [, size, unit] = /^(\d{1,4}(?:\.\d+)?)(px|%|fr)?$/.exec(String(width)) ?? [];
  if (!size || Number(size) === 0) return 'minmax(0, 1fr)';
  return unit === 'px' || unit === '%' ? `${size}${unit}` : `minmax(0, ${size}fr)`;
}

function alignment(value: unknown): string | undefined {
  return ['top', 'left', 'center', 'right', 'bottom'].find((known) => known === value);
}

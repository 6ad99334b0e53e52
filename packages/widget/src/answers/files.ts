import { el } from '../dom/element.ts';
import { iconNode } from '../dom/icons.ts';
import type { ItemRenderer } from '../items/context.ts';
import { safeAddress } from '../markdown/address.ts';

/** `file_download`: files to fetch. Nothing is loaded before the reader asks. */
export const renderFiles: ItemRenderer = (item, { words, hostUrl }) => {
  const files = Array.isArray(item.files) ? item.files : [item];
  const entries = files.map((file: unknown) => {
    const { url, fileName, name } = Object(file) as Record<string, unknown>;
    const label = String(fileName ?? name ?? words.t('file'));
    const address = typeof url === 'string' ? safeAddress(url, `${hostUrl || location.origin}/`) : undefined;
    const content = [iconNode('file'), el('span', { dir: 'auto' }, label)];
    if (!address) return el('li', {}, el('span', { class: 'file' }, ...content));
    const attributes = { class: 'file', href: address, download: label, target: '_blank', rel: 'noopener noreferrer' };
    const link = el(
      'a',
      { ...attributes, 'aria-label': words.t('download', { name: label }) },
      ...content,
      iconNode('save'),
    );
    return el('li', {}, link);
  });
  return el('ul', { class: 'files' }, ...entries);
};

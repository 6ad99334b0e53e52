import type { Client } from '@clew/wire/client';
import { drawing } from '../dom/drawing.ts';
import { el } from '../dom/element.ts';
import type { Control, ControlSource } from './control.ts';
import { type Loose, loose, numberIn, text } from './fields.ts';

const MEGABYTE = 1024 * 1024;

/** A client that can send files; it gives a description of each (`fileName`, `url` …), which then stands in the form's data. */
interface Uploading {
  upload(files: readonly File[]): Promise<readonly Loose[]>;
}

/** Files to send with the form. Where the client cannot send any, the button is off and says so. */
export function uploadControl({ field, id, words, client, changed }: ControlSource): Control {
  const { schema } = field;
  const types = (Array.isArray(schema.file_types) ? schema.file_types : []).filter((type) => typeof type === 'string');
  const limit = numberIn(schema, 'file_max_size');
  const several = schema.multi === true;
  const sender = uploadingOf(client);
  let files: File[] = [];

  const input = el('input', {
    id,
    type: 'file',
    class: 'form-unseen',
    multiple: several,
    accept: types.join(',') || undefined,
    disabled: !sender || field.readOnly,
  });
  const chosen = el('ul', { class: 'form-files' });
  const wrong = el('p', { class: 'form-wrong', role: 'status', hidden: true });
  const label = text(field.option('upload_button_label')) || words.t(several ? 'chooseFiles' : 'chooseFile');
  const limits = [types.join(', '), limit && words.t('upTo', { size: megabytes(limit, words.locale) })].filter(Boolean);
  const element = el(
    'div',
    { class: 'form-upload' },
    // The label after it is the button people see; the box itself is only seen by those who listen.
    input,
    el('label', { class: 'form-button', for: id }, drawing('M12 16V5M7 10l5-5 5 5M5 19h14'), label),
    el('span', { class: 'form-hint' }, sender ? limits.join(' · ') : words.t('noUploads')),
    wrong,
    chosen,
  );

  const show = (): void => {
    chosen.replaceChildren(
      ...files.map((file) => {
        const remove = el(
          'button',
          { type: 'button', 'aria-label': words.t('remove', { name: file.name }) },
          drawing('M6 6l12 12M18 6L6 18'),
        );
        remove.addEventListener('click', () => {
          files = files.filter((one) => one !== file);
          show();
          input.focus();
          changed();
        });
        return el(
          'li',
          {},
          el('span', {}, file.name),
          el('small', {}, megabytes(file.size / MEGABYTE, words.locale)),
          remove,
        );
      }),
    );
  };
  input.addEventListener('change', () => {
    const [fitting, refused] = sorted([...(input.files ?? [])], { types, limit });
    files = several ? [...files, ...fitting] : fitting.slice(0, 1);
    wrong.textContent = refused.map(({ name }) => words.t('fileRefused', { name })).join(' ');
    wrong.hidden = refused.length === 0;
    input.value = '';
    show();
    changed();
  });
  return {
    element,
    focus: input,
    // Before they are sent they have only names.
    read: () => (sender ? files.map(({ name }) => ({ fileName: name })) : undefined),
    async finish() {
      return sender && files.length > 0 ? await sender.upload(files) : undefined;
    },
  };
}

/** Whether files can be sent at all; a field for them need not be answered where they cannot. */
export function canUpload(client: Client): boolean {
  return uploadingOf(client) !== undefined;
}

/** Files that the form offers. */
export function downloadControl({ field, hostUrl }: ControlSource): Control {
  const { files } = field.schema;
  const offered = (Array.isArray(files) ? files : [files]).flatMap((one) => {
    const { url, fileName } = loose(one) ?? {};
    const href = addressOf(url, hostUrl);
    return href ? [{ href, name: text(fileName) || new URL(href).pathname.split('/').at(-1) || href }] : [];
  });
  const links = offered.map(({ href, name }) =>
    el(
      'a',
      { class: 'form-button', href, download: name, target: '_blank', rel: 'noopener noreferrer' },
      drawing('M12 5v11M7 11l5 5 5-5M5 19h14'),
      name,
    ),
  );
  const element = el('div', { class: 'form-downloads' }, ...links);
  return { element, focus: links[0] ?? element, read: () => undefined };
}

function sorted(files: readonly File[], { types, limit }: { types: readonly string[]; limit: number | undefined }) {
  const fits = ({ name, type, size }: File): boolean =>
    (limit === undefined || size <= limit * MEGABYTE) &&
    (types.length === 0 || types.some((one) => name.toLowerCase().endsWith(one.toLowerCase()) || type === one));
  return [files.filter(fits), files.filter((file) => !fits(file))] as const;
}

function uploadingOf(client: Client): Uploading | undefined {
  return 'upload' in client && typeof client.upload === 'function' ? (client as unknown as Uploading) : undefined;
}

function addressOf(url: unknown, hostUrl: string): string | undefined {
  try {
    const address = new URL(text(url), new URL(hostUrl || '/', location.href));
    return text(url) && /^https?:$/.test(address.protocol) ? address.href : undefined;
  } catch {
    return undefined;
  }
}

function megabytes(size: number, locale: string): string {
  const [unit, amount] =
    size < 1 ? (['kilobyte', Math.max(1, Math.round(size * 1024))] as const) : (['megabyte', size] as const);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(amount);
}

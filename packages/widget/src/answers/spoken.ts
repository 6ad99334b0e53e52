import type { ContentItem } from '@clew/wire/client';
import { isText } from '../items/kinds.ts';
import type { Words } from '../locale/words.ts';
import { MarkdownStream } from '../markdown/stream.ts';
import type { Answer } from '../transcript/answer.ts';
import { plainText } from './plain.ts';

/** Signs after which a sentence may still turn out to mean something else. */
const MARKUP = /[*_`[\]<>~|#&\\=]/;
/** Beginnings of a paragraph that may turn out to be something else. */
const LEAD = /^[\s\d+-]/;

/** Gives what a voice may read of an answer that grows: what it gave once never changes, unless the answer itself does. */
export class Spoken {
  readonly #words: Words;
  readonly #streams = new Map<string, MarkdownStream>();

  constructor(words: Words) {
    this.#words = words;
  }

  /** The words of all blocks that are finished and of the sentences after them; everything once the answer is. */
  read({ messages, phase }: Answer): string {
    const said = messages.flatMap((message, index) =>
      message.content.map((item, place) => {
        const whole = phase !== 'working' || message.id !== undefined || place < message.content.length - 1;
        return isText(item.response_type)
          ? this.#text(`${index} ${place}`, item, whole)
          : whole
            ? itemText(item, this.#words)
            : '';
      }),
    );
    return said.filter((text) => text !== '').join('\n');
  }

  #text(key: string, { text }: ContentItem, whole: boolean): string {
    const stream = this.#streams.get(key) ?? new MarkdownStream();
    this.#streams.set(key, stream);
    const blocks = stream.update(typeof text === 'string' ? text : '');
    const code = this.#words.t('code');
    if (whole) return plainText(blocks, code);
    const open = blocks[stream.closedBlocks];
    const sentences = open?.type === 'paragraph' && !LEAD.test(open.raw) ? this.#sentences(open.raw) : '';
    return [plainText(blocks.slice(0, stream.closedBlocks), code), sentences].filter((part) => part !== '').join('\n');
  }

  /** Those that are followed by another one, up to the first with signs in it. */
  #sentences(text: string): string {
    if (!Intl.Segmenter) return '';
    const all = [...new Intl.Segmenter(this.#words.locale, { granularity: 'sentence' }).segment(text)];
    const done = all.slice(0, -1).map(({ segment }) => segment);
    const marked = done.findIndex((sentence) => MARKUP.test(sentence));
    return done
      .slice(0, marked === -1 ? undefined : marked)
      .join('')
      .replace(/\s+/g, ' ')
      .trim();
  }
}

/** Choices, forms, files and the like by their names. */
function itemText(item: ContentItem, words: Words): string {
  if (item.json_schema) {
    const { title } = Object(item.json_schema) as { title?: unknown };
    return typeof title === 'string' && title !== '' ? `${words.t('form')}: ${title}` : words.t('form');
  }
  const { title, text, description, label, options, files } = item;
  const names = [options, files]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .map((entry: unknown) => {
      const { label: name, fileName } = Object(entry) as Record<string, unknown>;
      return name ?? fileName;
    });
  const parts = [title, text, description, label, names.filter((name) => typeof name === 'string').join(', ')];
  return parts.filter((part) => typeof part === 'string' && part !== '').join('\n');
}

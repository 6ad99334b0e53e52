import type { FilePart, JsonObject, Part } from '../../../model/index.ts';
import type { A2aPart } from './sdk.ts';

/** Media types of text that is said as it is: Markdown, in this program. */
const SAID = ['', 'text/plain', 'text/markdown'];

/** What an agent of an A2A server said. Data is a file of JSON; a part without content is nothing. */
export function decodeA2aParts(parts: readonly A2aPart[] | undefined): Part[] {
  return (parts ?? []).flatMap(({ content, mediaType = '', filename = '' }): Part[] => {
    const type = mediaType.toLowerCase().split(';')[0]?.trim() ?? '';
    const name = filename === '' ? {} : { name: filename };
    switch (content?.$case) {
      case 'text':
        if (content.value === '') return [];
        return [
          {
            type: 'text',
            text: content.value,
            ...(SAID.includes(type) || !type.startsWith('text/') ? {} : { contentType: mediaType }),
            ...name,
          },
        ];
      case 'raw': {
        const bytes = Buffer.from(content.value).toString('base64');
        return [{ ...fileOf(mediaType), ...name, content: bytes, encoding: 'base64' }];
      }
      case 'url':
        return [{ ...fileOf(mediaType), ...name, url: content.value }];
      case 'data':
        return [
          { ...fileOf('application/json'), ...name, content: JSON.stringify(content.value ?? null), encoding: 'plain' },
        ];
      default:
        return [];
    }
  });
}

/** What a person sent, for an agent of an A2A server. Citations have no place there. */
export function encodeA2aParts(parts: readonly Part[]): A2aPart[] {
  return parts.flatMap((part): A2aPart[] => {
    switch (part.type) {
      case 'text':
        return part.text === '' ? [] : [of({ $case: 'text', value: part.text }, part.contentType, part.name)];
      case 'file': {
        const { content, encoding, url, contentType, name } = part;
        if (content !== undefined) {
          const value = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
          return [of({ $case: 'raw', value }, contentType, name)];
        }
        return url === undefined ? [] : [of({ $case: 'url', value: url }, contentType, name)];
      }
      case 'form':
        return part.data === undefined ? [] : [of({ $case: 'data', value: part.data })];
      case 'item':
        return [of({ $case: 'data', value: { response_type: part.kind, ...part.value } satisfies JsonObject })];
      case 'citation':
        return [];
      default:
        return part satisfies never;
    }
  });
}

function of(content: NonNullable<A2aPart['content']>, mediaType = '', filename = ''): A2aPart {
  return { content, mediaType, filename, metadata: undefined };
}

function fileOf(mediaType: string): Pick<FilePart, 'type' | 'contentType'> {
  return { type: 'file', contentType: mediaType || 'application/octet-stream' };
}

/** Reads server-sent events out of a text that comes in pieces, as the HTML standard has them: any line ends, comments, data over several lines. */
export interface SseDecoder {
  /** The data of each event that this piece completes. */
  push(piece: string): string[];
  /** Data that no blank line has ended. By the standard it is void; careless servers end their last event so. */
  rest(): string | undefined;
}

export function createSseDecoder(): SseDecoder {
  let line = '';
  let data: string[] = [];
  let afterReturn = false;

  const take = (field: string) => {
    if (field.startsWith('data:')) data.push(field.slice(field[5] === ' ' ? 6 : 5));
    else if (field === 'data') data.push('');
  };

  return {
    push(piece) {
      if (piece === '') return [];
      const [first = '', ...others] = (afterReturn && piece[0] === '\n' ? piece.slice(1) : piece).split(/\r\n?|\n/);
      afterReturn = piece.endsWith('\r');
      const done: string[] = [];
      line += first;
      for (const next of others) {
        if (line !== '') take(line);
        else if (data.length > 0) {
          done.push(data.join('\n'));
          data = [];
        }
        line = next;
      }
      return done;
    },
    rest() {
      take(line);
      line = '';
      return data.length === 0 ? undefined : data.join('\n');
    },
  };
}

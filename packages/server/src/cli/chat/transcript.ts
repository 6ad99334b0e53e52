import type { Message } from '@clew/wire/client';
import type { Io } from '../io.ts';
import { print } from '../io.ts';
import { oneLine } from '../render/text.ts';
import { readMessage } from './answer.ts';
import { answerView } from './view.ts';

export interface TranscriptOptions {
  /** What stands before a message of the person. */
  readonly mark: string;
}

/** Shows stored messages as a chat shows them. */
export function showMessages(messages: readonly Message[], io: Io, { mark }: TranscriptOptions): void {
  for (const [index, message] of messages.entries()) {
    const read = readMessage(message);
    if (index > 0) print(io);
    if (message.role === 'user') {
      print(io, `${mark}${oneLine(read.texts.join('\n\n') || `(${read.others.map(({ kind }) => kind).join(', ')})`)}`);
      continue;
    }
    const view = answerView(io);
    for (const [at, text] of read.texts.entries()) view.show({ kind: 'text', text: at > 0 ? `\n\n${text}` : text });
    view.show({ kind: 'message', message: read });
    if (read.incomplete) print(io, io.style.dim('(stopped before its end)'));
  }
}

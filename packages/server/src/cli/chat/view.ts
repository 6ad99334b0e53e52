import type { Io } from '../io.ts';
import { type MarkdownStream, markdownFor, markdownStream } from '../render/markdown.ts';
import { oneLine, widthOf } from '../render/text.ts';
import type { AnswerEnd, AnswerMessage, Saying, Source } from './answer.ts';

/** Shows what an answer says, on a terminal or in a file. */
export interface AnswerView {
  show(saying: Saying): void;
  /** Tells the person something that is not part of the answer, e.g. that the connection is lost. Holds until the next saying. */
  status(text: string): void;
  /** Ends what is open and takes a passing remark away. */
  done(): void;
}

const CLEAR_LINE = '\r\u001b[K';

/** A view on stdout. Passing remarks are shown on terminals only, where they can be taken away again. */
export function answerView(io: Io): AnswerView {
  const { style, stdout, terminal } = io;
  let stream: MarkdownStream | undefined;
  let hasStatus = false;
  let messages = 0;
  let afterStep = false;

  const write = (text: string) => {
    if (text === '') return;
    if (hasStatus) stdout.write(CLEAR_LINE);
    hasStatus = false;
    stdout.write(text);
  };
  const status = (text: string) => {
    if (!terminal.stdout || stream) return;
    stdout.write(`${hasStatus ? CLEAR_LINE : ''}${style.dim(oneLine(text, io.columns() - 1))}`);
    hasStatus = true;
  };
  const endText = () => {
    if (stream) write(stream.end());
    stream = undefined;
  };
  const open = (): MarkdownStream => {
    if (!stream && (messages > 0 || afterStep)) write('\n');
    afterStep = false;
    stream ??= markdownStream(markdownFor(io));
    return stream;
  };

  const done = () => {
    endText();
    if (hasStatus) stdout.write(CLEAR_LINE);
    hasStatus = false;
  };

  return {
    status,
    done,
    show(saying) {
      switch (saying.kind) {
        case 'begun':
          messages = 0;
          afterStep = false;
          return;
        case 'status':
          return status(saying.text);
        case 'step':
          endText();
          afterStep = true;
          return write(`${style.dim(oneLine(`· ${saying.title}${describeArgs(saying.args)}`, io.columns()))}\n`);
        case 'step-failed':
          endText();
          return write(`${style.dim('  failed:')} ${oneLine(saying.error, io.columns())}\n`);
        case 'text':
          return write(open().push(saying.text));
        case 'revised':
          endText();
          return write(`${style.dim('The agent corrected its answer:')}\n`);
        case 'message':
          endText();
          messages++;
          return write(belowMessage(saying.message, io));
        case 'ended':
          done();
          return write(endLine(saying.end, io));
      }
    },
  };
}

function describeArgs(args: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(args).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return shown.length === 0 ? '' : ` (${shown.join(', ')})`;
}

function belowMessage({ sources, question, choices, others }: AnswerMessage, io: Io): string {
  const { style } = io;
  const lines: string[] = [];
  for (const { kind, title, place } of others) {
    const shown = [oneLine(title), place.startsWith('data:') ? '' : oneLine(place)]
      .filter((part) => part !== '')
      .join(' · ');
    lines.push(
      style.dim(
        shown === '' ? `(Here a page shows what a terminal cannot: ${oneLine(kind)}.)` : `· ${oneLine(kind)}: ${shown}`,
      ),
    );
  }
  if (sources.length > 0) {
    lines.push('', style.bold('Sources'));
    for (const [index, source] of sources.entries()) lines.push(...describeSource(source, index + 1, io));
  }
  if (choices.length > 0) {
    if (question !== '') lines.push('', oneLine(question));
    for (const [index, { label }] of choices.entries()) lines.push(`${style.cyan(`${index + 1}.`)} ${oneLine(label)}`);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** On one line where it fits, else the place on a line of its own, so that it can be copied. */
function describeSource({ title, place }: Source, number: number, io: Io): string[] {
  const { style } = io;
  const mark = `[${number}]`;
  const name = oneLine(title === '' ? place : title);
  const where = place === '' || title === '' || title === place ? '' : oneLine(place);
  if (where === '') return [`${style.cyan(mark)} ${name}`];
  if (!io.terminal.stdout || widthOf(`${mark} ${name} · ${where}`) <= io.columns()) {
    return [`${style.cyan(mark)} ${name}${style.dim(` · ${where}`)}`];
  }
  return [`${style.cyan(mark)} ${name}`, `${' '.repeat(mark.length)} ${style.dim(where)}`];
}

function endLine({ status, error }: AnswerEnd, { style }: Io): string {
  if (status === 'failed') return `${style.red('The run failed:')} ${oneLine(error ?? '')}\n`;
  if (status === 'cancelled') return `${style.dim('Stopped.')}\n`;
  return '';
}

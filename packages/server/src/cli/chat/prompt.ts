import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Io } from '../io.ts';

export interface PromptOptions {
  /** What stands before the line. */
  readonly mark: string;
  /** Completions of what is typed so far, for the tab key. */
  complete?(line: string): string[];
  /** Told when it is Ctrl-C, and not the end of the input, that makes `read` give undefined. */
  onLeave?(): void;
}

/** Reads what a person types, or the lines of a file. */
export interface Prompt {
  /** The next message; undefined when the person leaves (Ctrl-C on an empty line, Ctrl-D) or the input ends. */
  read(): Promise<string | undefined>;
  /** Calls `listener` on Ctrl-C while nothing is read, until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  close(): void;
}

/** Terminals that know these tell where pasted text begins and ends; others ignore them. */
const BRACKETED_PASTE_ON = '\u001b[?2004h';
const BRACKETED_PASTE_OFF = '\u001b[?2004l';

/**
 * On a terminal the line stays editable while an answer is shown, only unseen: what is typed ahead appears with the next prompt. Several lines
 * pasted at once are one message; in a file every line is one.
 */
export function createPrompt(io: Io, { mark, complete, onLeave }: PromptOptions): Prompt {
  const interactive = io.terminal.stdin && io.terminal.stdout;
  const screen = curtain(io);
  const lines = createInterface({
    input: io.stdin,
    output: screen.output,
    terminal: interactive,
    prompt: mark,
    ...(complete ? { completer: (line: string) => [complete(line), line] } : {}),
  });
  const queue: string[] = [];
  const pasted: string[] = [];
  let ended = false;
  let pasting = false;
  let scheduled = false;
  let waiting: ((text: string | undefined) => void) | undefined;
  const interrupts = new Set<() => void>();

  const deliver = () => {
    if (!waiting) return;
    const next = queue.shift();
    if (next === undefined && !ended) return;
    const give = waiting;
    waiting = undefined;
    screen.close();
    give(next);
  };
  const gather = () => {
    scheduled = false;
    // A rest without a line feed belongs to what was pasted: Enter sends all of it.
    if (pasting || pasted.length === 0 || lines.line !== '') return;
    queue.push(pasted.splice(0).join('\n'));
    deliver();
  };
  const onKey = (_text: string | undefined, key: { name?: string } | undefined) => {
    if (key?.name === 'paste-start') pasting = true;
    if (key?.name === 'paste-end') pasting = false;
  };
  const interrupt = () => {
    if (!waiting) {
      for (const listener of interrupts) listener();
    } else if (lines.line !== '' || pasted.length > 0) {
      pasted.length = 0;
      lines.write(null, { ctrl: true, name: 'e' });
      lines.write(null, { ctrl: true, name: 'u' });
    } else {
      onLeave?.();
      lines.close();
    }
  };

  lines.on('line', (line) => {
    if (!interactive) {
      queue.push(line);
      deliver();
      return;
    }
    pasted.push(line);
    if (!scheduled) setImmediate(gather);
    scheduled = true;
  });
  lines.on('close', () => {
    ended = true;
    if (interactive && waiting) io.stdout.write('\n');
    deliver();
  });
  lines.on('SIGINT', interrupt);
  if (interactive) {
    io.stdin.on('keypress', onKey);
    io.stdout.write(BRACKETED_PASTE_ON);
  }
  const stopListening = io.onSignal('SIGINT', interrupt);

  return {
    read() {
      return new Promise((resolve) => {
        waiting = resolve;
        screen.open();
        if (interactive && queue.length === 0 && !ended) lines.prompt(true);
        deliver();
      });
    },
    onInterrupt(listener) {
      interrupts.add(listener);
      return () => interrupts.delete(listener);
    },
    close() {
      stopListening();
      lines.close();
      if (interactive) {
        io.stdin.off('keypress', onKey);
        io.stdout.write(BRACKETED_PASTE_OFF);
      }
    },
  };
}

/** The terminal as readline sees it: what it writes while the curtain is closed is not shown. */
function curtain(io: Io) {
  let isOpen = false;
  const output = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      if (isOpen) io.stdout.write(chunk);
      done();
    },
  });
  Object.defineProperty(output, 'columns', { get: () => io.columns() });
  const resize = () => output.emit('resize');
  io.stdout.on('resize', resize);
  output.on('close', () => io.stdout.off('resize', resize));
  return {
    output,
    open: () => {
      isOpen = true;
    },
    close: () => {
      isOpen = false;
    },
  };
}

import { Writable } from 'node:stream';
import pc from 'picocolors';
import { type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';

/** The server's log: JSON lines for machines, or lines for people. On standard error, so that standard output stays the program's own. */
export function createLog({ level, format }: Config['log'], stream: NodeJS.WritableStream = process.stderr): Logger {
  return pino({ level, base: null }, format === 'json' ? stream : readable(stream));
}

const LEVELS: Record<number, string> = {
  20: pc.dim('debug'),
  30: pc.green('info '),
  40: pc.yellow('warn '),
  50: pc.red('error'),
  60: pc.red('fatal'),
};

/** Rewrites pino's lines for people: time of day, level, text, then the fields. */
function readable(stream: NodeJS.WritableStream): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      for (const line of String(chunk).split('\n')) if (line) stream.write(`${sentence(line)}\n`);
      done();
    },
  });
}

function sentence(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(time as number).toTimeString().slice(0, 8);
  const rest = Object.entries(fields).map(([name, value]) =>
    pc.dim(`${name}=${harmless(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('\n', ' ')}`),
  );
  const stack = err && typeof err === 'object' ? `\n${(err as { stack?: string }).stack ?? JSON.stringify(err)}` : '';
  return [pc.dim(clock), LEVELS[level as number] ?? level, msg, ...rest].join(' ') + harmless(stack);
}

/** Without control characters: what a page, a provider or a remote agent has said must not move the cursor of whoever reads the log, nor look like a line of it. */
function harmless(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

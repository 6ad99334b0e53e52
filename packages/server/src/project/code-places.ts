import { basename } from 'node:path';
import { withoutAddresses } from './code-modules.ts';
import type { Finding } from './project.ts';
import type { Path } from './yaml.ts';

/** The finding for a module that cannot be loaded. */
export function loadFault(error: unknown, file: string, folder: string): Finding {
  const message = `The module cannot be loaded: ${reason(error, folder)}`;
  const fix = 'Correct the code and save the file.';
  return { severity: 'error', file, line: lineOfError(error, file), field: '', message, fix };
}

/** The files that this Node.js can run; of the others a finding tells. `what` is made of a file, e.g. an agent. */
export function runnable(
  files: readonly string[],
  { typescript, what }: { readonly typescript: boolean; readonly what: string },
  findings: Finding[],
): readonly string[] {
  const unreadable = typescript ? [] : files.filter((file) => /\.m?ts$/.test(file));
  if (unreadable.length === 0) return files;
  findings.push({
    severity: 'error',
    file: unreadable[0] as string,
    line: 1,
    field: '',
    message: `This Node.js does not run TypeScript, so that ${unreadable.join(', ')} cannot be loaded.`,
    fix: `Use Node.js 22.18 or newer, or write the ${what} in JavaScript.`,
  });
  return files.filter((file) => !unreadable.includes(file));
}

/** One sentence, without paths of the machine. */
function reason(error: unknown, folder: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = withoutAddresses(
    message.split('\n').find((part) => part.trim() !== '') ?? 'it throws an empty error',
    folder,
  );
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** The first line of the file that the error's stack names. */
function lineOfError(error: unknown, file: string): number {
  const name = basename(file).replace(/\W/g, '\\$&');
  const stack = error instanceof Error ? String(error.stack) : '';
  return Number(new RegExp(`${name}(?:\\?version=[\\w.]+)?:(\\d+)`).exec(stack)?.[1] ?? 1);
}

/** Modules have no tree to look into: the first line that seems to write the member. */
export function lineOfMember(text: string, path: Path): number {
  const member = path.findLast((step) => typeof step === 'string');
  if (typeof member !== 'string') return 1;
  const pattern = new RegExp(`(^|[\\s{,'"])${member.replace(/\W/g, '\\$&')}['"]?\\s*[:=,(]`);
  return Math.max(1, text.split('\n').findIndex((line) => pattern.test(line)) + 1);
}

import type { Finding } from '../../project/index.ts';
import type { Style } from '../io.ts';
import { harmless } from './text.ts';

/** A finding as two or three lines: where it is, what is wrong, what to do. */
export function describeFinding({ severity, file, line, field, message, fix }: Finding, style: Style): string {
  const place = style.bold(`${file}:${line}`);
  const kind = severity === 'error' ? style.red('error') : style.yellow('warning');
  const where = field === '' ? '' : ` ${style.dim(`(${harmless(field)})`)}`;
  return `${place} ${kind}${where}\n    ${harmless(message)}\n    ${style.cyan('→')} ${harmless(fix)}`;
}

/** `2 errors and 1 warning`, or the empty text. */
export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  return [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '').join(' and ');
}

/** `1 agent`, `2 agents`; the empty text for none. */
export function count(number: number, noun: string): string {
  return number === 0 ? '' : `${number} ${noun}${number === 1 ? '' : 's'}`;
}

import type { RunStatus } from '@clew/wire/client';
import type { Style } from '../io.ts';

/** What a run can be, in the words of the API. */
export const RUN_STATUSES: readonly RunStatus[] = [
  'pending',
  'running',
  'requires_input',
  'completed',
  'failed',
  'cancelled',
];

/** The word in the colour of what it means. */
export function styleStatus(status: RunStatus, style: Style): string {
  switch (status) {
    case 'completed':
      return style.green(status);
    case 'failed':
      return style.red(status);
    case 'requires_input':
      return style.yellow(status);
    case 'cancelled':
      return style.dim(status);
    default:
      return style.cyan(status);
  }
}

import { ApiError } from '@clew/wire/client';
import type { Word, Words } from '../locale/words.ts';
import type { Trouble } from './state.ts';

/** Whether a token would help. */
export function wantsToken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

/** Whether the same may succeed later, without anybody doing anything. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && error.isTransient && !Object.hasOwn(TURNED_AWAY, error.code);
}

/** What a channel does not take for now: it was heard, so sending it again and again helps nobody. */
const TURNED_AWAY: Readonly<Record<string, Word>> = {
  rate_limited: 'tooMuch',
  budget_exhausted: 'usedUp',
  channel_paused: 'paused',
  message_too_long: 'tooLong',
  thread_busy: 'threadBusy',
  too_many_files: 'tooManyFiles',
};

/** What keeps the chat from being used. */
export function troubleOf(error: unknown, words: Words): Trouble {
  return { kind: kindOf(error), message: sentenceOf(error, words) };
}

function kindOf(error: unknown): Trouble['kind'] {
  if (wantsToken(error)) return 'auth';
  if (isPassing(error)) return 'unreachable';
  if (!(error instanceof ApiError)) return 'refused';
  if (error.code === 'security_not_set_up') return 'config';
  return ['agent_not_found', 'no_agents'].includes(error.code) ? 'agent' : 'refused';
}

/** An error in a sentence for people. */
export function sentenceOf(error: unknown, words: Words): string {
  if (!(error instanceof ApiError)) return words.t('somethingWrong');
  const word = Object.hasOwn(TURNED_AWAY, error.code) ? TURNED_AWAY[error.code] : undefined;
  return word ? words.t(word, { when: inTime(error.retryAfterMs ?? A_MINUTE_MS, words.locale) }) : error.message;
}

const A_MINUTE_MS = 60_000;

/** When something can be done again, as people say it: "in 3 minutes". Rounded up, so that it can. */
function inTime(ms: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale);
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  if (seconds < 60) return format.format(seconds, 'second');
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? format.format(minutes, 'minute') : format.format(Math.ceil(minutes / 60), 'hour');
}

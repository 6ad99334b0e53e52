export type Group = 'today' | 'yesterday' | 'earlier';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** On which day of the reader's calendar something was. Times are milliseconds since 1970; what lies ahead, by clocks that differ, is today. */
export function groupOf(at: number, now: number): Group {
  const midnight = new Date(now);
  midnight.setHours(0, 0, 0, 0);
  if (at >= midnight.getTime()) return 'today';
  midnight.setDate(midnight.getDate() - 1);
  return at >= midnight.getTime() ? 'yesterday' : 'earlier';
}

/** How long ago, as people say it: `5 minutes ago` today, the time of day yesterday, `3 days ago` within a week, then the date. */
export function timeText(at: number, now: number, locale: string): string {
  const group = groupOf(at, now);
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const passed = Math.max(0, now - at);
  if (group === 'today') {
    if (passed < MINUTE) return ago.format(0, 'second');
    return passed < HOUR
      ? ago.format(-Math.floor(passed / MINUTE), 'minute')
      : ago.format(-Math.floor(passed / HOUR), 'hour');
  }
  if (group === 'yesterday') return new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(at);
  if (passed < 7 * DAY) return ago.format(-Math.max(2, Math.floor(passed / DAY)), 'day');
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? {} : ({ year: 'numeric' } as const);
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(at);
}

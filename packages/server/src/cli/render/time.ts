const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago a moment was, for a list: `12 s ago`, `3 h ago`; after a week its date. */
export function ago(timestamp: string, now: number): string {
  const at = Date.parse(timestamp);
  if (Number.isNaN(at)) return '';
  const passed = Math.max(0, now - at);
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)} s ago`;
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  if (passed < 7 * DAY) return `${Math.floor(passed / DAY)} d ago`;
  return timestamp.slice(0, 10);
}

/** How long something took: `0.4 s`, `12 s`, `3 min 5 s`; empty when it has not begun or not ended. */
export function took(from: string | null, to: string | null): string {
  const passed = from === null || to === null ? Number.NaN : Date.parse(to) - Date.parse(from);
  if (Number.isNaN(passed)) return '';
  if (passed < 10 * SECOND) return `${(passed / SECOND).toFixed(1)} s`;
  if (passed < MINUTE) return `${Math.round(passed / SECOND)} s`;
  return `${Math.floor(passed / MINUTE)} min ${Math.floor((passed % MINUTE) / SECOND)} s`;
}

/** Milliseconds since 1970 as UTC with microseconds, `2026-02-06T16:57:07.195000Z`: Python's clients parse no other precision everywhere. */
export function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`;
}

export function isoTimeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

/** Milliseconds since 1970 as UTC with `Z`, the only zone that the published TypeScript client takes. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

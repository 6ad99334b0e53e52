/** Kinds of address a person may be sent to; anything else, `javascript:` above all, is shown as text. */
const SAFE = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** The address, if it is safe to open. Relative ones are read as those of the page. */
export function safeAddress(address: string): string | undefined {
  try {
    const url = new URL(address, globalThis.location?.href ?? 'http://localhost/');
    return SAFE.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

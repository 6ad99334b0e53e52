/** Kinds of address a person may be sent to; anything else, `javascript:` above all, is shown as text. */
const SAFE = /^(?:https?|mailto|tel):$/;

/** The address, if it is safe to open. Relative ones are read against `base`, by default the page's. */
export function safeAddress(
  address: string,
  base = globalThis.location?.href ?? 'http://localhost/',
): string | undefined {
  try {
    const url = new URL(address, base);
    return SAFE.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

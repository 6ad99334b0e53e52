/** A member of an item as a line of text; empty for what is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** The objects in a list that a stranger wrote. */
export function objectsIn<T extends object>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value.filter((one): one is T => typeof one === 'object' && one !== null) : [];
}

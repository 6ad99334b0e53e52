/** Whether an item of this `response_type` is text that may grow. */
export function isText(kind: string): boolean {
  return kind === 'text' || kind === 'conversational_search';
}

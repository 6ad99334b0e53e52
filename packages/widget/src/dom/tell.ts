/** The event by which a part of the chat has something said in its one live region. */
export const TELL = 'clew:tell';

/** Says a text to those who listen. `about` is the part of the chat that it comes from; outside of a chat nobody hears it. */
export function tell(about: Element, text: string): void {
  about.dispatchEvent(new CustomEvent<string>(TELL, { bubbles: true, detail: text }));
}

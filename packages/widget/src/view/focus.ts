/**
 * After a change of the page: when `focused`, which had the focus, is gone or can no longer be used (a choice that was made, a button that was pressed
 * and went away), the focus goes where one writes. Where fingers write it goes to `area`, since the field would bring up a keyboard over the answer.
 */
export function keepFocus(focused: Element | null, field: { focus(): void }, area: HTMLElement): void {
  if (!focused) return;
  const usable = focused.isConnected && focused.getClientRects().length > 0 && !focused.matches(':disabled');
  if (usable) return;
  if (matchMedia('(pointer: coarse)').matches) area.focus({ preventScroll: true });
  else field.focus();
}

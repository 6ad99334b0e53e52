const sheets = new Map<string, CSSStyleSheet>();

/** Gives a shadow root these styles, once: the second time nothing happens. Sheets with the same text are shared by all chats of the page. */
export function adopt(root: ShadowRoot | Document, css: string): void {
  let sheet = sheets.get(css);
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.set(css, sheet);
  }
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** The same for the root in which an element will stand once its caller has put it there, before it is painted. */
export function adoptFor(element: Element, css: string): void {
  const attempt = (): boolean => {
    const root = element.getRootNode();
    const styled = root instanceof ShadowRoot || root instanceof Document;
    if (styled) adopt(root, css);
    return styled;
  };
  queueMicrotask(() => attempt() || requestAnimationFrame(attempt));
}

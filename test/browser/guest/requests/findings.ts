/** What must not stand in the chat, whatever was said: runs in the page and gives one line for each. */
export function findings(ours: readonly string[]): string[] {
  const FORBIDDEN =
    'script,style,link,meta,base,object,embed,iframe,frame,applet,portal,template,use,image,foreignObject,animate,set,audio,video,source,track,feImage';
  const ADDRESSES = [
    'src',
    'srcset',
    'poster',
    'data',
    'background',
    'action',
    'formaction',
    'ping',
    'manifest',
    'archive',
    'xlink:href',
    'srcdoc',
    'cite',
    'longdesc',
  ];
  const found: string[] = [];
  const visit = (root: ParentNode): void => {
    for (const element of root.querySelectorAll('*')) {
      const line = element.outerHTML.slice(0, 200);
      if (element.matches(FORBIDDEN)) found.push(`element: ${line}`);
      for (const { name, value } of element.attributes) {
        if (name.startsWith('on')) found.push(`handler: ${line}`);
        if (name === 'style' && /url\(|image-set|src\(/i.test(value)) found.push(`style: ${line}`);
        if (ADDRESSES.includes(name) && !isOurs(value)) found.push(`address: ${line}`);
        if (name === 'href' && !/^(https?|mailto|tel):$/.test(new URL(value, location.href).protocol))
          found.push(`link: ${line}`);
      }
      if (element instanceof HTMLAnchorElement && element.href) {
        if (element.target !== '_blank' || !/noopener/.test(element.rel)) found.push(`target: ${line}`);
      }
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  const isOurs = (value: string): boolean =>
    /^data:(image|audio|video)\//.test(value) || ours.includes(new URL(value, location.href).origin);
  for (const host of document.body.children) if (host.shadowRoot) visit(host.shadowRoot);
  return found;
}

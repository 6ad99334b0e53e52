import { Parser } from 'htmlparser2';

/** A `<script>` of a page. */
export interface Script {
  /** Its address, absolute; undefined when its text stands in the page. */
  readonly src: string | undefined;
  readonly nonce: string | undefined;
  readonly type: string;
  readonly text: string;
}

/** An `<iframe>` of a page. */
export interface Frame {
  /** Absolute; empty when the frame has none. */
  readonly src: string;
  /** The page in it, when that stands in the attribute `srcdoc`. */
  readonly html: string | undefined;
  /** Undefined: it has no sandbox. */
  readonly sandbox: string | undefined;
}

/** What of a page matters to an embedding. */
export interface Markup {
  readonly scripts: readonly Script[];
  /** Contents of `<meta http-equiv="Content-Security-Policy">`. */
  readonly policies: readonly string[];
  readonly frames: readonly Frame[];
  /** Attributes of each `<clew-chat>`. */
  readonly elements: readonly Readonly<Record<string, string>>[];
}

/** Reads a page without running anything of it. `url` is what relative addresses count from. */
export function readMarkup(html: string, url: string): Markup {
  const scripts: Script[] = [];
  const policies: string[] = [];
  const frames: Frame[] = [];
  const elements: Record<string, string>[] = [];
  let base = url;
  let open: { attributes: Record<string, string>; text: string } | undefined;
  const absolute = (address: string) => (URL.canParse(address, base) ? new URL(address, base).href : address);

  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'script') open = { attributes, text: '' };
        else if (name === 'base' && attributes.href) base = absolute(attributes.href);
        else if (name === 'clew-chat') elements.push(attributes);
        else if (name === 'iframe')
          frames.push({
            src: attributes.src ? absolute(attributes.src) : '',
            html: attributes.srcdoc,
            sandbox: attributes.sandbox,
          });
        else if (name === 'meta' && /^content-security-policy$/i.test(attributes['http-equiv'] ?? ''))
          policies.push(attributes.content ?? '');
      },
      ontext(text) {
        if (open) open.text += text;
      },
      onclosetag(name) {
        if (name !== 'script' || !open) return;
        const { src, nonce, type = '' } = open.attributes;
        scripts.push({ src: src ? absolute(src) : undefined, nonce, type, text: open.text });
        open = undefined;
      },
    },
    { lowerCaseTags: true, lowerCaseAttributeNames: true, decodeEntities: true },
  );
  parser.end(html);
  return { scripts, policies, frames, elements };
}

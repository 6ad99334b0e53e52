import type { HLJSApi, Language, Mode } from 'highlight.js';

/** CSS by its shape, without the lists of names that make the grammar of highlight.js five times as large. */
export function css(hljs: HLJSApi): Language {
  const strings: Mode[] = [hljs.APOS_STRING_MODE, hljs.QUOTE_STRING_MODE];
  const number: Mode = { scope: 'number', begin: /[+-]?(?:\d+\.?\d*|\.\d+)(?:%|[a-z]+)?/, relevance: 0 };
  const declared: Mode = {
    // The address of `url(…)` is not read as code.
    contains: [
      hljs.C_BLOCK_COMMENT_MODE,
      ...strings,
      { scope: 'number', begin: /#[\da-f]{3,8}\b/ },
      { scope: 'string', begin: /(?<=url\()[^)'"\n]+/ },
      { scope: 'variable', begin: /--[\w-]+/ },
      { scope: 'built_in', begin: /[a-z][a-z-]*(?=\()/ },
      { scope: 'keyword', begin: /!important\b/ },
      { begin: /[a-z][\w-]*/, relevance: 0 },
      number,
    ],
    end: /(?=[;}])/,
  };
  return {
    name: 'CSS',
    aliases: ['less', 'scss'],
    case_insensitive: true,
    contains: [
      hljs.C_BLOCK_COMMENT_MODE,
      ...strings,
      { scope: 'keyword', begin: /@[\w-]+/ },
      { scope: 'attribute', begin: /(?:--|\$)?[a-z][\w-]*(?=\s*:[^{};]{0,300}[;}])/, starts: declared },
      { scope: 'selector-class', begin: /\.[a-z_-][\w-]*/ },
      { scope: 'selector-id', begin: /#[a-z_-][\w-]*/ },
      { scope: 'selector-attr', begin: /\[[^\]\n]*\]/ },
      { scope: 'selector-pseudo', begin: /::?[a-z][a-z-]*/ },
      { begin: /[a-z][a-z-]*(?=:\s)/, scope: 'attribute' },
      number,
      { scope: 'selector-tag', begin: /[a-z][\w-]*/, relevance: 0 },
    ],
  };
}

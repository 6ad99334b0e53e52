import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import java from 'highlight.js/lib/languages/java';
import json from 'highlight.js/lib/languages/json';
import python from 'highlight.js/lib/languages/python';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';
import { adoptFor } from '../theme/adopt.ts';
import { css } from './css-language.ts';
import { NodeEmitter } from './emitter.ts';
import sheet from './highlight.css';
import { sql } from './sql-language.ts';

/** Longer code stays plain: nobody reads it for its colours, and it would hold up the page. */
const LONGEST = 50_000;

const highlighter = hljs.newInstance();
highlighter.configure({ __emitter: NodeEmitter });
// The grammar of TypeScript reads JavaScript as well; that of its own would cost a tenth of the whole.
const LANGUAGES = { bash, css, java, javascript: typescript, json, python, sql, typescript, xml, yaml };
for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language);
highlighter.registerAliases(['js', 'jsx', 'mjs', 'cjs'], { languageName: 'javascript' });

/**
 * Colours the code that stands in `code`, written in `language` as after three backticks (`ts`, `sh`, `html` …). A language that is not there,
 * or code that cannot be read, stays as it is. The text stays the same to the letter.
 */
export function highlight(code: HTMLElement, language: string): void {
  const text = code.textContent;
  const name = language.trim().toLowerCase();
  if (!highlighter.getLanguage(name) || text.length > LONGEST) return;
  const { _emitter: emitter, errorRaised } = highlighter.highlight(text, { language: name, ignoreIllegals: true });
  if (errorRaised || !(emitter instanceof NodeEmitter)) return;
  code.replaceChildren(emitter.root);
  adoptFor(code, sheet);
}

import { type JsonObject, type Part, textOf } from '../../model/index.ts';
import { formOf } from '../form-answer.ts';

/** What a person said when asked whether calls may be made. */
export type Said =
  | { readonly is: 'yes' }
  | { readonly is: 'no'; readonly reason: string }
  | { readonly is: 'form'; readonly data: JsonObject };

const YES = /^(yes|y|ok|okay|approve|approved)[.!]*$/i;
const NO = /^(?:no|n|reject|rejected|cancel)(?:[.!]*$|[\s,.:;!–—-]+)/i;

/**
 * Reads an answer: a form that was submitted or cancelled (`formOf`), or words: yes, ok, approve, no, reject, with a reason behind the last two. Whatever else is
 * said approves nothing: the agent hears it as the reason.
 */
export function readAnswer(parts: readonly Part[]): Said {
  const form = formOf(parts);
  if (form) {
    const { operation, data } = form;
    if (operation === 'submit') return { is: 'form', data };
    return { is: 'no', reason: typeof data.reason === 'string' ? data.reason : '' };
  }
  const text = textOf(parts).trim();
  if (YES.test(text)) return { is: 'yes' };
  return { is: 'no', reason: text.replace(NO, '').trim() };
}

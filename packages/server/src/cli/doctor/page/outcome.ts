import { type FindingCode, fine, found, type Line } from '../finding.ts';
import type { Embedding } from './embedding.ts';
import type { Sight } from './sight.ts';

/** What the browser saw that nothing else has explained. `failed` are the findings so far. */
export function judgeSeen(sight: Sight, embedding: Embedding | undefined, failed: ReadonlySet<FindingCode>): Line[] {
  const { seen } = sight;
  if (!seen) return [];
  const server = embedding && new URL(embedding.host).origin;
  const about = (text: string) =>
    (server !== undefined && text.includes(server)) || /wxO error|\[Clew\]|wxoLoader|wxOConfiguration/.test(text);
  const explained = failed.size > 0;
  const byPolicy = [...failed].some((code) => code.startsWith('csp_'));
  const lines: Line[] = [];
  if (seen.shown === 'chat' && seen.trouble === null) lines.push(fine('The chat opens and greets.'));
  for (const { directive, blocked } of seen.violations.filter((one) => one.directive !== ''))
    if (!(byPolicy && (about(blocked) || !/^https?:/.test(blocked))))
      lines.push(
        found(
          'csp_violation',
          `The browser refused ${blocked || 'a script in the page'} by ${directive}.`,
          'If it belongs to the chat, add its address to that directive; if it belongs to the page, nothing is lost here.',
        ),
      );
  // A chat that works has been refused on its way, too: a visitor is, before it gets its token.
  const isNews = (text: string) => seen.shown !== 'chat' || !/^Failed to load resource/.test(text);
  for (const text of seen.errors.filter((one) => about(one) && isNews(one)))
    lines.push(
      found('console_error', `The console says: ${text}`, 'It may follow from what is said above; else look there.'),
    );
  if (explained) return lines;
  const lost = seen.failed.filter(({ url }) => server !== undefined && url.startsWith(server));
  const because =
    lost.length > 0 ? ` Requests failed: ${lost.map(({ url, why }) => `${url} (${why})`).join(', ')}.` : '';
  if (seen.trouble !== null)
    lines.push(
      found(
        'chat_failed',
        `The chat says: ${seen.trouble}${because}`,
        'Mend what it says; the log of the server has more.',
      ),
    );
  else if (seen.shown === 'launcher')
    lines.push(
      found(
        'chat_failed',
        `The chat was opened and did not greet.${because}`,
        'Look into the console of the page and the log of the server.',
      ),
    );
  else if (seen.shown === 'none' && embedding)
    lines.push(
      found(
        'chat_missing',
        `The page was opened and no chat appeared.${because}`,
        'Does a script of the page stop before wxoLoader.init(), or wait for something, such as a consent? Look into its console.',
      ),
    );
  return lines;
}

import { ask } from './ask.ts';
import type { Script } from './markup.ts';
import { readText } from './sight.ts';

/** Scripts of a page that are looked into for the configuration. */
const MOST_SCRIPTS = 20;

/** How a script names the module of the chat. */
export const CLEW_JS = /['"]([^'"]*\/clew\.js)['"]/;

/** The scripts with the texts of those that are files. What cannot be read is left as it is. */
export async function withFiles(scripts: readonly Script[], now: () => number): Promise<Script[]> {
  if (scripts.some(({ text }) => /wxOConfiguration/.test(text) || CLEW_JS.test(text))) return [...scripts];
  const files = scripts.filter(({ src }) => src && /^https?:/.test(src) && !/wxoLoader\.js/.test(src));
  const read = await Promise.all(
    files.slice(0, MOST_SCRIPTS).map(async (script) => {
      try {
        const { response } = await ask(script.src as string, { now });
        return { ...script, text: response.ok ? await readText(response) : '' };
      } catch {
        return script;
      }
    }),
  );
  return scripts.map((script) => read.find(({ src }) => src !== undefined && src === script.src) ?? script);
}

import { wordsOf } from './words.ts';

/** What a message is about that asks nothing of the documents. */
export type SmallTalk = 'greeting' | 'thanks' | 'goodbye' | 'identity' | 'abilities';

const set = (words: string) => new Set(words.split(' '));
const GREETING = set(
  'hello hi hey hiya howdy hullo yo greetings welcome hallo moin servus hola bonjour salut bonsoir ciao namaste olá morning afternoon evening',
);
const THANKS = set(
  'thanks thank thx ty cheers danke merci gracias grazie obrigado great perfect awesome cool nice ok okay super excellent wonderful helpful',
);
const GOODBYE = set('bye goodbye cya later tschüss adieu farewell');
const FILLER = set(
  "there all everyone everybody you so much very a lot again day good guten tag morgen abend my friend bot assistant the that that's it is was now then got see for your help to and well have one",
);
const IDENTITY =
  /^(?:(?:and )?(?:who|what) (?:exactly )?are you|(?:what is|what's) your name|tell me about yourself|introduce yourself|are you (?:a |an )?(?:real )?(?:bot|robot|human|person|ai|machine|chatbot|real))$/;
const ABILITIES =
  /^(?:help(?: me)?|menu|start|(?:so )?what (?:can|do|could) you (?:do|know|answer|offer)(?: for me| about)?|what can (?:i|we) ask(?: you)?(?: about| here)?|how (?:can|do|could) you help(?: me)?|what (?:are you (?:for|good at|able to do)|can you help(?: me)? with)|what questions can (?:i ask(?: you)?|you answer)|what topics (?:do you (?:know|cover)|can you help with))$/;

/** What kind of small talk a whole message is; undefined when there is anything to look up in it. `names` are what the agent is called. */
export function smallTalkOf(message: string, names: readonly string[]): SmallTalk | undefined {
  const words = wordsOf(message);
  if (words.length === 0 || words.length > 12) return undefined;
  const said = words.join(' ');
  if (IDENTITY.test(said)) return 'identity';
  if (ABILITIES.test(said)) return 'abilities';
  const called = new Set(names.flatMap(wordsOf));
  const only = (meant: ReadonlySet<string>) =>
    words.some((word) => meant.has(word)) &&
    words.every((word) => meant.has(word) || FILLER.has(word) || called.has(word));
  if (only(THANKS)) return 'thanks';
  if (only(GREETING)) return 'greeting';
  if (only(GOODBYE)) return 'goodbye';
  return undefined;
}

/** Whether the message asks the agent itself which context variables it takes, or what their values are. */
export function asksForVariables(message: string): boolean {
  const text = wordsOf(message).join(' ');
  return (
    /\b(?:context )?variables?\b/.test(text) &&
    /\byou\b|\byour\b/.test(text) &&
    /^(?:what|which|tell|list|show|do|can|are|name|give|and)\b/.test(text)
  );
}

import type { StarterSettings } from '@clew/wire/client';
import type { Words } from '../locale/words.ts';
import type { Welcome } from './state.ts';

/** What a page changes of the starter screen: members that are absent stay, empty ones are taken away. */
export interface WelcomeChange {
  readonly welcomeMessage?: string;
  readonly description?: string;
  readonly showTimestamp?: boolean;
  readonly starterPrompts?: readonly {
    readonly id?: string;
    readonly title: string;
    readonly subtitle?: string;
    readonly prompt?: string;
  }[];
}

/** The starter screen: the agent's settings, with what the page said over them. */
export function welcomeOf(
  settings: StarterSettings | undefined,
  { welcomeMessage, description, showTimestamp = false, starterPrompts }: WelcomeChange,
  words: Words,
): Welcome {
  const content = settings?.welcome_content;
  const greeting = content && !content.is_default_message ? content.welcome_message : words.t('hello');
  const active = settings?.starter_prompts.prompts.filter(({ state }) => state !== 'inactive') ?? [];
  return {
    message: welcomeMessage ?? greeting,
    description: description ?? content?.description ?? '',
    showTimestamp,
    prompts: (starterPrompts ?? active).map(({ id, title, subtitle = '', prompt = title }, place) => ({
      id: id ?? String(place + 1),
      title,
      subtitle,
      prompt,
    })),
  };
}

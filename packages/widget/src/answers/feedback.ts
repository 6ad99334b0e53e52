import type { ContentItem } from '@clew/wire/client';
import { isText } from '../items/kinds.ts';
import type { Words } from '../locale/words.ts';
import type { Said } from '../transcript/answer.ts';
import type { Feedback } from '../view/contract.ts';

type Loose = Readonly<Record<string, unknown>>;

/** What the sheet for one direction offers. */
export interface Details {
  readonly shown: boolean;
  readonly categories: readonly string[];
  readonly disclaimer: string;
}

/** What a reader may say of a message. */
export interface FeedbackPlace {
  readonly item: ContentItem;
  readonly positive: Details;
  readonly negative: Details;
}

/**
 * Where feedback on a message belongs: the item with `message_options.feedback.is_on`, else the last one with text that does not turn it off. Undefined: nowhere.
 * Details: the negative ones are shown by default with reasons of ours, the positive ones when the agent asks for them or names categories.
 */
export function feedbackPlace({ content }: Said, words: Words): FeedbackPlace | undefined {
  const wishes = content.map((item) => ({ item, wish: wishOf(item) }));
  const found =
    wishes.findLast(({ wish }) => wish.is_on === true) ??
    wishes.findLast(({ item, wish }) => isText(item.response_type) && wish.is_on !== false);
  if (!found) return undefined;
  const { item, wish } = found;
  const positive = optionsOf(wish.positive_options);
  const negative = optionsOf(wish.negative_options);
  const reasons = (['reasonWrong', 'reasonIncomplete', 'reasonOff', 'reasonUnclear'] as const).map((word) =>
    words.t(word),
  );
  return {
    item,
    positive: {
      ...positive,
      shown:
        typeof wish.show_positive_details === 'boolean' ? wish.show_positive_details : positive.categories.length > 0,
    },
    negative: {
      ...negative,
      shown: wish.show_negative_details !== false,
      categories: negative.categories.length > 0 ? negative.categories : reasons,
    },
  };
}

/** What is stored of it with the message. */
export function storedFeedback({ state }: Said, itemId: string): Feedback | undefined {
  const content = Object(state?.content) as Loose;
  const feedback = Object((Object(content[itemId]) as Loose).feedback) as Loose;
  if (typeof feedback.is_positive !== 'boolean') return undefined;
  return {
    is_positive: feedback.is_positive,
    ...(typeof feedback.text === 'string' ? { text: feedback.text } : {}),
    ...(Array.isArray(feedback.selected_categories)
      ? { selected_categories: feedback.selected_categories.map(String) }
      : {}),
  };
}

function wishOf(item: ContentItem): Loose {
  return Object((Object(item.message_options) as Loose).feedback) as Loose;
}

function optionsOf(options: unknown): { categories: readonly string[]; disclaimer: string } {
  const { categories, disclaimer } = Object(options) as Loose;
  return {
    categories: Array.isArray(categories) ? categories.map(String) : [],
    disclaimer: typeof disclaimer === 'string' ? disclaimer : '',
  };
}

import { loadAnswers } from '../view/answers.ts';
import type { ItemRenderer } from './context.ts';
import { lazy, safely } from './lazy.ts';
import { createText } from './text.ts';
import { renderUserDefined } from './user-defined.ts';

const rich = lazy(async () => (await import('../rich/index.ts')).renderRich);
const choices = lazy(async () => (await loadAnswers()).renderChoices);
const button = lazy(async () => (await loadAnswers()).renderButton);
const files = lazy(async () => (await loadAnswers()).renderFiles);
const form = lazy(async () => (await import('../forms/index.ts')).renderForm);

/** Nested text, as in a card. The text of a message itself grows and is shown by `createText`. */
const text: ItemRenderer = (item, { words }) => {
  const view = createText(words);
  view.update(item, true);
  return view.element;
};

/** Who shows which `response_type`. */
const RENDERERS: ReadonlyMap<string, ItemRenderer> = new Map([
  ['text', text],
  ['conversational_search', text],
  ['option', choices],
  ['suggestion', choices],
  ['button', button],
  ['file_download', files],
  ...['image', 'video', 'audio', 'iframe', 'date', 'card', 'carousel', 'grid'].map((kind) => [kind, rich] as const),
  ...['forms', 'form', 'multiturn_form', 'user_input'].map((kind) => [kind, form] as const),
]);

/** Shows any item; what is unknown or broken becomes a line of text. */
export const renderItem: ItemRenderer = (item, context) =>
  safely(RENDERERS.get(item.response_type) ?? renderUserDefined)(item, context);

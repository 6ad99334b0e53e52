/** Markdown, sources, choices, files, feedback and what is read aloud: one chunk, which is fetched when the chat is first shown. Until it is there answers are plain text. */

import proseCss from '../markdown/prose.css';
import actionsCss from './actions.css';
import choicesCss from './choices.css';
import sourcesCss from './sources.css';

export { createProse, type Prose, renderLine } from '../markdown/render.ts';
export { type Actions, createActions } from './actions.ts';
export { Announcer } from './announcer.ts';
export { renderButton, renderChoices } from './choices.ts';
export { renderFiles } from './files.ts';
export { useKit } from './kit.ts';
export { createSources, type ShownSources } from './sources.ts';
export { Threads } from './threads.ts';

/** The styles of all of these. */
export const sheets: readonly string[] = [actionsCss, choicesCss, sourcesCss, proseCss];

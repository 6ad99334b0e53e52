import type { Client } from '@clew/wire/client';
import type { Words } from '../locale/words.ts';
import type { Field } from './fields.ts';

/** What a field is answered with. */
export interface Control {
  readonly element: HTMLElement;
  /** Gets the focus, and says what is wrong to those who listen. */
  readonly focus: HTMLElement;
  /** The value as it stands; undefined when there is none. */
  read(): unknown;
  /** Work before the value can be sent; gives the value. Rejects with `ApiError`. */
  finish?(): Promise<unknown>;
}

export interface ControlSource {
  readonly field: Field;
  /** For the control's own element; unique in the page. */
  readonly id: string;
  readonly words: Words;
  readonly client: Client;
  readonly hostUrl: string;
  /** To be called when the value may have changed. */
  readonly changed: () => void;
}

/** The title of these stands above a group and not on one control. */
export const GROUPED: ReadonlySet<Field['widget']> = new Set([
  'radio',
  'checkboxes',
  'dateRange',
  'table',
  'upload',
  'download',
]);

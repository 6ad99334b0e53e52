import type { ItemRenderer } from '../items/context.ts';
import { adoptFor } from '../theme/adopt.ts';
import { readForm } from './fields.ts';
import files from './files.css';
import { renderFields } from './form.ts';
import forms from './forms.css';
import lists from './lists.css';
import states from './states.css';

const CSS = forms + lists + files + states;

/**
 * Renders `forms`, `form`, `multiturn_form` and `user_input`: JSON Schema with the UI vocabulary of react-jsonschema-form. What is filled in is
 * said as one item, `{response_type: 'form_operation', form_operation: 'submit' | 'cancel', form_data}`. Throws when the form is broken.
 */
export const renderForm: ItemRenderer = (item, context) => {
  const element = renderFields(item, readForm(item), context);
  adoptFor(element, CSS);
  return element;
};

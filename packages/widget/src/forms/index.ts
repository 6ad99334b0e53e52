import type { ItemRenderer } from '../items/context.ts';
import { adoptFor } from '../theme/adopt.ts';
import { readForm } from './fields.ts';
import { renderFields } from './form.ts';
import css from './forms.css';

/**
 * Renders `forms`, `form`, `multiturn_form` and `user_input`: JSON Schema with the UI vocabulary of react-jsonschema-form. What is filled in is
 * said as one item, `{response_type: 'form_operation', form_operation: 'submit' | 'cancel', form_data}`. Throws when the form is broken.
 */
export const renderForm: ItemRenderer = (item, context) => {
  const element = renderFields(item, readForm(item), context);
  adoptFor(element, css);
  return element;
};

import type { ContentItem } from '@clew/wire/client';

export type Widget =
  | 'text'
  | 'textarea'
  | 'number'
  | 'radio'
  | 'checkbox'
  | 'checkboxes'
  | 'combobox'
  | 'date'
  | 'dateRange'
  | 'table'
  | 'upload'
  | 'download';

export interface Choice {
  readonly value: unknown;
  readonly label: string;
}

/** An object of which nothing is known, as JSON Schemas and UI schemas are here. */
export type Loose = Readonly<Record<string, unknown>>;

/** One question of a form. */
export interface Field {
  /** Its member of the form's data. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly widget: Widget;
  readonly required: boolean;
  /** Shown, and sent as it came. */
  readonly readOnly: boolean;
  readonly schema: Loose;
  /** What may be chosen; empty where anything may be written. */
  readonly choices: readonly Choice[];
  /** What it holds at first; undefined: nothing. For a table: its rows. */
  readonly value: unknown;
  /** A member of the UI schema: `ui:placeholder`, or `placeholder` in `ui:options`. */
  option(name: string): unknown;
}

export interface Form {
  readonly title: string;
  readonly description: string;
  readonly fields: readonly Field[];
  /** Members that are sent as they came and never shown (`ui:widget: hidden`). */
  readonly hidden: Loose;
  /** Undefined: the chat's own word. */
  readonly submitText: string | undefined;
  /** Undefined: it cannot be cancelled. Empty: the chat's own word. */
  readonly cancelText: string | undefined;
}

/** Names that the UI schema has for a widget; those of react-jsonschema-form and of the Orchestrate ADK. Lower case. */
const WIDGETS: Readonly<Record<string, Widget>> = {
  textwidget: 'text',
  text: 'text',
  emailwidget: 'text',
  email: 'text',
  urlwidget: 'text',
  uri: 'text',
  textareawidget: 'textarea',
  textarea: 'textarea',
  radiowidget: 'radio',
  radio: 'radio',
  checkboxwidget: 'checkbox',
  checkbox: 'checkbox',
  checkboxeswidget: 'checkboxes',
  checkboxes: 'checkboxes',
  multiselectdropdown: 'checkboxes',
  comboboxwidget: 'combobox',
  combobox: 'combobox',
  selectwidget: 'combobox',
  select: 'combobox',
  numberwidget: 'number',
  updown: 'number',
  updownwidget: 'number',
  datewidget: 'date',
  date: 'date',
  table: 'table',
  tablewidget: 'table',
  fileupload: 'upload',
  fileuploadwidget: 'upload',
  filewidget: 'upload',
  filedownload: 'download',
  filedownloadwidget: 'download',
};

/** As many choices are shown at once; more are searched in. */
const SHOWN = 4;

/** The form in a content item. Throws when there is no JSON Schema of an object, or a field that must be answered and cannot be shown. */
export function readForm({ json_schema, ui_schema, form_data }: ContentItem): Form {
  const schema = loose(json_schema);
  if (!schema) throw new Error('The form has no json_schema.');
  const ui = loose(ui_schema) ?? {};
  const data = loose(form_data) ?? {};
  const properties = loose(schema.properties) ?? {};
  const required = Array.isArray(schema.required) ? schema.required : [];

  // Values are kept in plain objects, where this one name is none.
  const known = Object.keys(properties).filter((name) => name !== '__proto__');
  const names = inOrder(known, ui['ui:order']);
  const hidden: Record<string, unknown> = {};
  const fields = names.flatMap((name) => {
    const [own, look] = [loose(properties[name]) ?? {}, loose(ui[name]) ?? {}];
    const value = data[name] ?? own.default;
    if (look['ui:widget'] === 'hidden') {
      if (value !== undefined) hidden[name] = value;
      return [];
    }
    return readField({ name, schema: own, look, value, required: required.includes(name) }) ?? [];
  });

  const cancel = loose(ui['ui:cancelButtonOptions']) ?? {};
  const submit = loose(ui['ui:submitButtonOptions']) ?? {};
  return {
    title: text(ui['ui:title']) || text(schema.title),
    description: text(ui['ui:description']) || text(schema.description),
    fields,
    hidden,
    submitText: text(submit.submitText) || undefined,
    cancelText: cancel.showCancel === true ? text(cancel.cancelText) : undefined,
  };
}

interface Source {
  readonly name: string;
  readonly schema: Loose;
  readonly look: Loose;
  readonly value: unknown;
  readonly required: boolean;
}

function readField({ name, schema, look, value, required }: Source): Field | undefined {
  const options = loose(look['ui:options']) ?? {};
  const option = (key: string): unknown => look[`ui:${key}`] ?? options[key];
  const choices = choicesOf(schema, option);
  const widget = widgetOf(schema, text(option('widget')).toLowerCase(), { range: option('range') === true, choices });
  if (!widget) {
    if (required) throw new Error(`The form asks for "${name}" in a way that cannot be shown.`);
    return undefined;
  }
  return {
    name,
    title: text(option('title')) || text(schema.title) || name,
    description: [...new Set([text(option('description')) || text(schema.description), text(option('help'))])]
      .filter(Boolean)
      .join(' '),
    widget,
    required,
    readOnly: schema.readOnly === true || option('readonly') === true || option('disabled') === true,
    schema,
    choices,
    value,
    option,
  };
}

interface Hints {
  readonly range: boolean;
  readonly choices: readonly Choice[];
}

/** The widget that is named, where the type allows it; else what suits the type. */
function widgetOf(
  { type, items, format, headers }: Loose,
  named: string,
  { range, choices }: Hints,
): Widget | undefined {
  const wanted = WIDGETS[named];
  if (wanted === 'download') return wanted;
  if (type === 'array') {
    if (wanted === 'date' || range) return 'dateRange';
    if (wanted === 'table' || Array.isArray(headers)) return 'table';
    if (wanted === 'upload') return 'upload';
    return choices.length > 0 && loose(items) ? 'checkboxes' : undefined;
  }
  if (type === 'object') return range ? 'dateRange' : undefined;
  if (type === 'boolean') return wanted === 'radio' && choices.length > 0 ? 'radio' : 'checkbox';
  if (choices.length > 0) {
    if (wanted === 'radio' || wanted === 'combobox') return wanted;
    return choices.length <= SHOWN ? 'radio' : 'combobox';
  }
  if (type === 'number' || type === 'integer') return 'number';
  if (format === 'date' || wanted === 'date') return range ? 'dateRange' : 'date';
  return wanted === 'textarea' ? 'textarea' : 'text';
}

function choicesOf(schema: Loose, option: (key: string) => unknown): readonly Choice[] {
  const from = schema.type === 'array' ? (loose(schema.items) ?? {}) : schema;
  const listed = Array.isArray(from.oneOf) ? from.oneOf : Array.isArray(from.anyOf) ? from.anyOf : undefined;
  if (listed) {
    return listed.flatMap((one) => {
      const { const: value, title } = loose(one) ?? {};
      return value === undefined ? [] : [{ value, label: text(title) || String(value) }];
    });
  }
  if (!Array.isArray(from.enum)) return [];
  const names = [option('enumNames'), from.enumNames, schema.enumNames].find(Array.isArray) ?? [];
  return from.enum.map((value, index) => ({ value, label: text(names[index]) || String(value) }));
}

/** `ui:order` with `*` for all that it does not name; without one they stand at the end. */
function inOrder(names: readonly string[], order: unknown): readonly string[] {
  if (!Array.isArray(order)) return names;
  const rest = names.filter((name) => !order.includes(name));
  const whole = order.includes('*') ? order : [...order, '*'];
  return [...new Set(whole.flatMap((name) => (name === '*' ? rest : names.includes(name) ? [name] : [])))];
}

export function loose(value: unknown): Loose | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : undefined;
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A member of a schema that is a number. */
export function numberIn(schema: Loose, name: string): number | undefined {
  const value = schema[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

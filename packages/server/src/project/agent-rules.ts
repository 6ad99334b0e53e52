import { validate as isUuid } from 'uuid';
import { DEFAULT_LLM } from './agent.ts';
import type { AgentFields } from './agent-fields.ts';
import type { Remark } from './check.ts';
import { nearest } from './nearest.ts';
import type { Path } from './yaml.ts';

/** Context variables that the server fills itself where an agent declares them. Other names that begin with `wxo_` are reserved. */
export const SYSTEM_VARIABLES = [
  'wxo_thread_id',
  'wxo_run_id',
  'wxo_email_id',
  'wxo_user_name',
  'wxo_tenant_id',
] as const;

/** What clients show of a greeting. */
const LONGEST_WELCOME = 150;
const LONGEST_WELCOME_DESCRIPTION = 1_000;

/** Fields that the agent of customer care style must not have (ADK 2.9). */
const NOT_IN_CUSTOMER_CARE = [
  'tools',
  'knowledge_base',
  'plugins',
  'guidelines',
  'collaborators',
  'welcome_content',
  'custom_join_tool',
] as const;

/** Fields that clients can read but no runtime acts on so far. */
const WITHOUT_EFFECT = [
  'compaction_settings',
  'tool_shortlisting',
  'memory_enabled',
  'is_schedulable',
  'voice_configuration',
  'voice_configuration_id',
] as const;

/** Fields that only language models act on: Clew's own models pass them over. */
const FOR_LANGUAGE_MODELS = ['guidelines', 'structured_output', 'custom_join_tool', 'llm_config'] as const;

/** Members of `llm_config` that are numbers. */
const NUMBERS = [
  ...['temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'seed', 'random_seed', 'max_iterations'],
  ...['max_tokens', 'max_completion_tokens', 'max_new_tokens'],
] as const;

/** What is wrong between fields that are each well-formed. `name` is the agent's, also where the file does not say it. */
export function agentRemarks(fields: AgentFields, name: string): Remark[] {
  return [...refusals(fields, name), ...doubts(fields, name), ...contextDoubts(fields)];
}

function refusals(fields: AgentFields, name: string): Remark[] {
  const found: Remark[] = [];
  const refuse = (path: Path, message: string, fix: string) => found.push({ severity: 'error', path, message, fix });

  for (const [index, collaborator] of (fields.collaborators ?? []).entries()) {
    if (collaborator === name)
      refuse(
        ['collaborators', index],
        `The agent is among its own collaborators.`,
        `Remove \`${name}\` from the list.`,
      );
  }
  if (fields.style === 'experimental_customer_care') {
    const fix = 'Remove the field or choose another style.';
    for (const field of NOT_IN_CUSTOMER_CARE) {
      if (isSet(fields[field]))
        refuse([field], `An agent of style experimental_customer_care cannot have \`${field}\`.`, fix);
    }
    if (fields.chat_with_docs?.enabled) {
      refuse(
        ['chat_with_docs', 'enabled'],
        'An agent of style experimental_customer_care cannot chat with documents.',
        fix,
      );
    }
  }
  if (isSet(fields.custom_join_tool) && isSet(fields.structured_output)) {
    refuse(
      ['structured_output'],
      'An agent has either a `structured_output` or a `custom_join_tool`.',
      'Remove one of the two.',
    );
  }
  return found;
}

function doubts(fields: AgentFields, name: string): Remark[] {
  const found: Remark[] = [];
  const doubt = (path: Path, message: string, fix: string) => found.push({ severity: 'warning', path, message, fix });

  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    doubt(
      ['name'],
      'The name has characters that some clients cannot put into an address.',
      'Use letters, digits, `_` and `-`; other words can go into `display_name`.',
    );
  }
  if (fields.id && !isUuid(fields.id))
    doubt(
      ['id'],
      'The id is not a UUID and is passed over.',
      'Remove it: the agent then keeps an id made from its name.',
    );
  if (fields.style === 'custom' || fields.style === 'experimental_customer_care')
    doubt(
      ['style'],
      `Clew has no style ${fields.style}: the agent works in the style default.`,
      'Set `style: default`, `react` or `planner`.',
    );
  // `structured_output` is for planners alone in the ADK; here it holds in every style, so that nothing is to be said.
  if (isSet(fields.custom_join_tool) && fields.style !== 'planner')
    doubt(
      ['custom_join_tool'],
      'The field is meant for agents of style planner.',
      'Set `style: planner` or remove the field.',
    );
  for (const name of NUMBERS) {
    const value = fields.llm_config?.[name];
    if (value === undefined || value === null || typeof value === 'number') continue;
    doubt(['llm_config', name], 'The value is no number and is passed over.', `Write a number: \`${name}: 1\`.`);
  }
  for (const field of WITHOUT_EFFECT) {
    if (isSet(fields[field]))
      doubt(
        [field],
        'Clew shows this field to clients but does not act on it yet.',
        'Keep it for later, or remove it.',
      );
  }
  if (!fields.llm || fields.llm.startsWith('clew/')) {
    for (const field of FOR_LANGUAGE_MODELS) {
      if (isSet(fields[field]))
        doubt([field], "Clew's own models do not act on this field.", 'Set `llm` to a language model, or remove it.');
    }
  }
  for (const field of ['tools', 'toolkits', 'collaborators'] as const) {
    const { llm = DEFAULT_LLM } = fields;
    if (isSet(fields[field]) && llm?.startsWith('clew/'))
      doubt(
        [field],
        `The model ${llm} calls no ${field === 'collaborators' ? 'other agents' : 'tools'}.`,
        'Choose a model that does, or remove the field.',
      );
  }
  for (const field of ['context_variables', 'knowledge_base', 'collaborators', 'tools'] as const) {
    for (const [index, item] of (fields[field] ?? []).entries()) {
      if (fields[field]?.indexOf(item) !== index)
        doubt([field, index], `\`${item}\` stands in the list twice.`, 'Remove one of the two.');
    }
  }
  const welcome = fields.welcome_content;
  if (welcome && welcome.welcome_message.length > LONGEST_WELCOME) {
    const message = `The welcome message has ${welcome.welcome_message.length} characters; chats show ${LONGEST_WELCOME}.`;
    doubt(['welcome_content', 'welcome_message'], message, 'Shorten it, or move the rest to `description`.');
  }
  if (welcome?.description && welcome.description.length > LONGEST_WELCOME_DESCRIPTION) {
    const message = `The description has ${welcome.description.length} characters; chats show ${LONGEST_WELCOME_DESCRIPTION}.`;
    doubt(['welcome_content', 'description'], message, 'Shorten it.');
  }
  const ids = (fields.starter_prompts?.prompts ?? []).map((prompt) =>
    prompt.id === undefined ? null : String(prompt.id),
  );
  for (const [index, id] of ids.entries()) {
    if (id !== null && ids.indexOf(id) !== index) {
      doubt(
        ['starter_prompts', 'prompts', index, 'id'],
        `Another prompt has the id \`${id}\` too.`,
        'Give each prompt an id of its own.',
      );
    }
  }
  return found;
}

function contextDoubts(fields: AgentFields): Remark[] {
  const found: Remark[] = [];
  const doubt = (path: Path, message: string, fix: string) => found.push({ severity: 'warning', path, message, fix });
  const declared = fields.context_variables ?? [];

  for (const [index, variable] of declared.entries()) {
    if (!variable.startsWith('wxo_') || SYSTEM_VARIABLES.some((known) => known === variable)) continue;
    const near = nearest(variable, SYSTEM_VARIABLES);
    const fix = near ? `Did you mean \`${near}\`?` : `The server fills ${SYSTEM_VARIABLES.join(', ')}.`;
    doubt(
      ['context_variables', index],
      'Names that begin with `wxo_` are for the server, and it does not fill this one.',
      fix,
    );
  }
  if (fields.context_access_enabled === false && declared.length > 0) {
    doubt(
      ['context_access_enabled'],
      'The agent declares context variables but may not see them.',
      'Set it to true, or remove `context_variables`.',
    );
  }
  const used = new Set([...(fields.instructions ?? '').matchAll(/\{([A-Za-z_]\w*)\}/g)].map((match) => match[1]!));
  for (const variable of used) {
    if (declared.includes(variable)) continue;
    const system = SYSTEM_VARIABLES.some((known) => known === variable);
    const near = nearest(variable, declared);
    // Other words in braces are left alone: instructions may show JSON or templates of their own.
    if (system)
      doubt(
        ['instructions'],
        `\`{${variable}}\` is used but not declared, so it stays as it is.`,
        `Add \`${variable}\` to \`context_variables\`.`,
      );
    else if (near)
      doubt(['instructions'], `\`{${variable}}\` is no declared context variable.`, `Did you mean \`{${near}}\`?`);
  }
  return found;
}

function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}

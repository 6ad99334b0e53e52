import { z } from 'zod';
import { anything, choice, flag, group, list, names, open, text } from './shapes.ts';
import { approvals } from './tool-fields.ts';

const STYLES = ['default', 'react', 'planner', 'custom', 'experimental_customer_care', 'react_intrinsic'] as const;

/** How the ADK spells A2A: what follows is the version, which the card of the agent says, too. */
export const A2A_PROVIDER = 'external_chat/A2A/';

/** Protocols of agents that work at another server. The versions of A2A are those of the ADK, and the current one. */
const EXTERNAL_PROVIDERS = [
  'acp',
  'external_chat',
  `${A2A_PROVIDER}0.2.1`,
  `${A2A_PROVIDER}0.3.0`,
  `${A2A_PROVIDER}1.0`,
] as const;

/** See `DoubleTexting` of the model. */
const DOUBLE_TEXTING = ['enqueue', 'interrupt', 'reject'] as const;

const prompt = group({
  id: z.union([text(), z.number()], { error: 'must be a text' }).nullish(),
  title: text(),
  subtitle: z.string({ error: 'must be a text' }).nullish(),
  prompt: text(),
  state: choice(['active', 'inactive', '']).nullish(),
});

/** Fields that say what an agent is, whether a YAML file or a module says it (ADK 2.9, `AgentSpec`). */
const describing = {
  id: text().nullish(),
  display_name: text().nullish(),
  context_access_enabled: flag().nullish(),
  context_variables: names().nullish(),
  voice_configuration_id: text().nullish(),
  voice_configuration: text().nullish(),
  restrictions: choice(['editable', 'non_editable']).nullish(),
  memory_enabled: flag().nullish(),
  workspace: text().nullish(),
  publisher: text().nullish(),
  language_support: names().nullish(),
  icon: text().nullish(),
  category: text().nullish(),
  supported_apps: names().nullish(),
  hide_reasoning: flag().nullish(),
  instructions: z.string({ error: 'must be a text' }).nullish(),
  knowledge_base: names().nullish(),
  hidden: flag().nullish(),
  /** Clew's own: what becomes of a message that comes while the last one is being answered. Default: as the server is set. */
  double_texting: choice(DOUBLE_TEXTING).nullish(),
  starter_prompts: group({ is_default_prompts: flag().nullish(), prompts: list(prompt) }).nullish(),
  welcome_content: group({
    welcome_message: text(),
    description: z.string({ error: 'must be a text' }).nullish(),
    is_default_message: flag().nullish(),
  }).nullish(),
  /** Whatever a project wants to keep with its agent. */
  custom: open().nullish(),
};

/** Fields of a native agent (ADK 2.9, `AgentSpec` with `kind: native`), and those of Clew's own models. */
export const nativeAgent = group({
  ...describing,
  spec_version: choice(['v1']),
  kind: choice(['native']),
  name: text(),
  description: text(),
  llm: text().nullish(),
  style: choice(STYLES).nullish(),
  guidelines: list(
    group({ display_name: text().nullish(), condition: text(), action: text(), tool: text().nullish() }),
  ).nullish(),
  collaborators: names().nullish(),
  tools: names().nullish(),
  toolkits: names().nullish(),
  /** Clew's own: how long people may take to approve calls. */
  approvals: approvals().nullish(),
  plugins: group({ agent_pre_invoke: list(plugin()).nullish(), agent_post_invoke: list(plugin()).nullish() }).nullish(),
  custom_join_tool: text().nullish(),
  structured_output: open().nullish(),
  chat_with_docs: group({
    enabled: flag().nullish(),
    supports_full_document: flag().nullish(),
    vector_index: open().nullish(),
    generation: open().nullish(),
    query_rewrite: open().nullish(),
    confidence_thresholds: anything(),
    citations: open().nullish(),
    hap_filtering: open().nullish(),
    query_source: choice(['SessionHistory', 'Agent']).nullish(),
    agent_query_description: text().nullish(),
  }).nullish(),
  llm_config: open().nullish(),
  is_schedulable: flag().nullish(),
  compaction_settings: open().nullish(),
  tool_shortlisting: anything(),
  /** `llm: clew/script`: the turns, in the words of that model, which checks them. */
  script: list(z.unknown()).nullish(),
});

/** Fields of an external agent (ADK 2.9, `kind: external`), and what ACP needs beyond them: `agent`, `headers`, `reconnect_seconds`. */
export const externalAgent = group({
  ...describing,
  spec_version: choice(['v1']),
  kind: choice(['external']),
  name: text(),
  description: text(),
  title: text().nullish(),
  nickname: text().nullish(),
  tags: names().nullish(),
  /** Default: `external_chat`. */
  provider: choice(EXTERNAL_PROVIDERS).nullish(),
  api_url: text(),
  /** Name of the agent at its server; that of this one when absent. */
  agent: text().nullish(),
  headers: z.record(z.string(), text(), { error: 'must be a group of fields' }).nullish(),
  auth_scheme: choice(['NONE', 'BEARER_TOKEN', 'API_KEY']).nullish(),
  auth_config: group({ token: text().nullish() }).nullish(),
  reconnect_seconds: z
    .number({ error: 'must be a number' })
    .min(0, 'must not be negative')
    .max(86_400, 'must be at most 86400')
    .nullish(),
  config: group({ hidden: flag().nullish(), enable_cot: flag().nullish() }).nullish(),
  chat_params: open().nullish(),
  app_id: text().nullish(),
  connection_id: text().nullish(),
});

/** Fields of `export const agent` in a code agent. The name defaults to that of the file. */
export const codeAgent = group({
  ...describing,
  name: text().optional(),
  description: text().optional(),
  collaborators: names().nullish(),
  /** The default export may be the whole agent with its function. */
  run: anything(),
});

function plugin() {
  return group({ plugin_name: text(), plugin_id: text().nullish() });
}

export type NativeAgentFields = z.input<typeof nativeAgent>;
export type ExternalAgentFields = z.input<typeof externalAgent>;
export type CodeAgentFields = z.input<typeof codeAgent>;
/** What either kind may say of an agent. */
export type AgentFields = Partial<NativeAgentFields>;

/** How each field is written, for the fix of a mistake in it. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  spec_version: 'spec_version: v1',
  kind: 'kind: native',
  id: 'id: 0c191f04-78cd-45e3-a99a-988cfb29434d',
  name: 'name: travel_guide',
  display_name: 'display_name: Travel guide',
  description: 'description: Answers questions about travelling.',
  llm: 'llm: clew/guide',
  instructions: 'instructions: Answer in one paragraph.',
  style: 'style: default',
  hidden: 'hidden: true',
  hide_reasoning: 'hide_reasoning: true',
  double_texting: 'double_texting: interrupt',
  context_access_enabled: 'context_access_enabled: true',
  context_variables: 'context_variables: [clientID]',
  knowledge_base: 'knowledge_base: [travel_docs]',
  collaborators: 'collaborators: [travel_guide]',
  tools: 'tools: [get_weather]',
  toolkits: 'toolkits: [scheduling_tools]',
  approvals: 'approvals: { expires_seconds: 3600, on_expiry: reject }',
  guidelines: 'guidelines: [{ condition: The person is upset, action: Apologise first }]',
  plugins: 'plugins: { agent_pre_invoke: [{ plugin_name: masking }] }',
  starter_prompts: 'starter_prompts: { prompts: [{ id: "1", title: Trains, prompt: Is there a train to Oslo? }] }',
  welcome_content: 'welcome_content: { welcome_message: Hello }',
  structured_output: 'structured_output: { type: object }',
  chat_with_docs: 'chat_with_docs: { enabled: true }',
  llm_config: 'llm_config: { temperature: 0 }',
  restrictions: 'restrictions: editable',
  icon: 'icon: "<svg …>"',
  script: 'script: [{ say: Hello }]',
  provider: 'provider: acp',
  api_url: 'api_url: http://127.0.0.1:8000',
  agent: 'agent: travel-guide',
  headers: `headers: { Authorization: "Bearer \${REMOTE_TOKEN}" }`,
  app_id: 'app_id: weather',
  auth_scheme: 'auth_scheme: BEARER_TOKEN',
  auth_config: `auth_config: { token: "\${REMOTE_TOKEN}" }`,
  reconnect_seconds: 'reconnect_seconds: 60',
  custom: 'custom: { owner: Anna }',
};

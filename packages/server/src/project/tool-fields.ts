import { z } from 'zod';
import { anything, choice, flag, group, list, names, open, text } from './shapes.ts';

export const PERMISSIONS = ['read_only', 'write_only', 'read_write', 'admin'] as const;

/** Longest time that an approval may take, in seconds: a year. */
const LONGEST_WAIT_S = 31_536_000;

/** Longest time that a tool may take, in milliseconds: an hour. */
const LONGEST_MS = 3_600_000;

const milliseconds = () =>
  z
    .number({ error: 'must be a number of milliseconds' })
    .min(1, 'must be at least 1')
    .max(LONGEST_MS, `must be at most ${LONGEST_MS}`);

const seconds = () =>
  z
    .number({ error: 'must be a number of seconds' })
    .positive('must be more than 0')
    .max(LONGEST_MS / 1_000, `must be at most ${LONGEST_MS / 1_000}`);

const toolName = () => text().regex(/^[\w-]{1,64}$/, { error: 'must be letters, digits, `_` and `-`, at most 64' });

/** How long a person may take to approve a call, and what then: of a tool file, a toolkit or an agent. 0: it ends as every question does. */
export const approvals = () =>
  group({
    expires_seconds: z
      .number({ error: 'must be a number of seconds' })
      .min(0, 'must not be negative')
      .max(LONGEST_WAIT_S, `must be at most ${LONGEST_WAIT_S} (a year)`)
      .nullish(),
    on_expiry: choice(['reject', 'fail']).nullish(),
  });

/** What a module in `tools/` exports by default. */
export const codeTool = group({
  name: toolName().optional(),
  displayName: text().optional(),
  description: text(),
  input: anything(),
  permission: choice(PERMISSIONS).optional(),
  approve: flag().optional(),
  approval: group({
    expires: z
      .number({ error: 'must be a number of milliseconds' })
      .min(0, 'must not be negative')
      .max(LONGEST_WAIT_S * 1_000, `must be at most ${LONGEST_WAIT_S * 1_000} (a year)`)
      .optional(),
    onExpiry: choice(['reject', 'fail']).optional(),
  }).optional(),
  timeout: milliseconds().optional(),
  run: anything(),
});

const scheme = group({
  type: choice(['apiKey', 'http', 'oauth2', 'openIdConnect']),
  scheme: z.string().nullish(),
  in: choice(['query', 'header', 'cookie']).nullish(),
  in_field: choice(['query', 'header', 'cookie']).nullish(),
  name: z.string().nullish(),
  flows: anything(),
  open_id_connect_url: anything(),
});

/** A tool file (ADK 2.9, `ToolSpec`), and what Clew adds: `app_id`, `approve`, `approval`, `timeout_seconds`. */
export const toolFile = group({
  spec_version: choice(['v1']).nullish(),
  kind: text().nullish(),
  id: text().nullish(),
  name: toolName(),
  display_name: text().nullish(),
  description: text(),
  permission: choice(PERMISSIONS).nullish(),
  approve: flag().nullish(),
  approval: approvals().nullish(),
  timeout_seconds: seconds().nullish(),
  input_schema: open().nullish(),
  output_schema: open().nullish(),
  binding: group({
    openapi: group({
      http_method: choice(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']),
      http_path: text(),
      success_status_code: z.number({ error: 'must be a number' }).nullish(),
      security: list(scheme).nullish(),
      servers: list(text()).nullish(),
      connection_id: text().nullish(),
      callback: anything(),
      acknowledgement: anything(),
    }).optional(),
    python: anything(),
    wxflows: anything(),
    skill: anything(),
    client_side: anything(),
    mcp: anything(),
    flow: anything(),
    langflow: anything(),
  }),
  app_id: text().nullish(),
  toolkit_id: anything(),
  is_async: flag().nullish(),
  response_format: choice(['content', 'content_and_artifact']).nullish(),
  workspace: anything(),
  custom: anything(),
});

/** A toolkit file (ADK 2.9, `kind: mcp`), and what Clew adds: `args`, `env` and `headers` as fields, `permission`, `approve`, `approval`, `timeout_seconds`. */
export const toolkitFile = group({
  spec_version: choice(['v1']).nullish(),
  kind: choice(['mcp']),
  name: toolName(),
  description: z.string({ error: 'must be a text' }).nullish(),
  transport: choice(['stdio', 'streamable_http']).nullish(),
  command: z.union([text(), list(text())], { error: 'must be a text or a list' }).nullish(),
  args: list(z.string({ error: 'must be a text' })).nullish(),
  env: z.record(z.string(), z.string({ error: 'must be a text' }), { error: 'must be a group of fields' }).nullish(),
  url: text().nullish(),
  headers: z.record(z.string(), text(), { error: 'must be a group of fields' }).nullish(),
  connections: names().nullish(),
  tools: names().nullish(),
  permission: choice(PERMISSIONS).nullish(),
  approve: flag().nullish(),
  approval: approvals().nullish(),
  timeout_seconds: seconds().nullish(),
  package: anything(),
  package_root: anything(),
  custom: anything(),
});

export type CodeToolFields = z.input<typeof codeTool>;
export type ToolFileFields = z.input<typeof toolFile>;
export type ToolkitFileFields = z.input<typeof toolkitFile>;

/** How each field is written, for the fix of a mistake in it. */
export const TOOL_EXAMPLES: Readonly<Record<string, string>> = {
  spec_version: 'spec_version: v1',
  kind: 'kind: mcp',
  name: 'name: find_order',
  displayName: "displayName: 'Find an order'",
  display_name: 'display_name: Find an order',
  description: 'description: Finds an order by its number.',
  permission: 'permission: read_only',
  approve: 'approve: true',
  approval: 'approval: { expires_seconds: 3600, on_expiry: reject }',
  timeout: 'timeout: 10_000',
  timeout_seconds: 'timeout_seconds: 10',
  input_schema: 'input_schema: { type: object, properties: { id: { type: string, in: path } } }',
  binding:
    'binding: { openapi: { http_method: GET, http_path: "/orders/{id}", servers: ["https://shop.example.com"] } }',
  transport: 'transport: streamable_http',
  command: 'command: node',
  args: 'args: [server.mjs]',
  env: `env: { TOKEN: "\${SHOP_TOKEN}" }`,
  url: 'url: http://127.0.0.1:8000/mcp',
  headers: `headers: { Authorization: "Bearer \${SHOP_TOKEN}" }`,
  connections: 'connections: [shop]',
  tools: 'tools: [find_order]',
};

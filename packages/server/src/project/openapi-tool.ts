import type { Json, JsonObject } from '../model/index.ts';
import type { ApprovalPolicy } from '../ports/index.ts';
import { type Credentials, createOpenApiTool, DEFAULT_TIMEOUT_MS, type Place } from '../runtimes/index.ts';
import type { Remark } from './check.ts';
import { type Connection, credentialsOf } from './connections.ts';
import { nearest } from './nearest.ts';
import type { ToolFileFields } from './tool-fields.ts';
import type { ToolReading } from './tool-reading.ts';
import { fillVariables, isAddress, type Variable } from './variables.ts';
import type { Path } from './yaml.ts';

/** What surrounds the reading of a tool. */
export interface ToolSurroundings {
  readonly variable: Variable;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly remarks: Remark[];
}

/** An operation of a service, before its server and credentials are known. */
export interface OperationDraft {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly permission: 'read_only' | 'write_only' | 'read_write' | 'admin';
  readonly approve: boolean | undefined;
  readonly approval?: ApprovalPolicy | undefined;
  readonly timeoutMs: number;
  readonly method: string;
  readonly path: string;
  readonly successStatus: number;
  readonly inputSchema: JsonObject;
  readonly places: Readonly<Record<string, Place>>;
  /** Where an API key goes, if the service says so. */
  readonly keyPlace: { readonly in: 'header' | 'query'; readonly name: string } | undefined;
  readonly wantsCredentials: boolean;
  readonly server: string | undefined;
  readonly appId: string | undefined;
  /** Places in the file of the server, the connection and the whole. */
  readonly at: { readonly server: Path; readonly app: Path; readonly self: Path };
}

const WHOLE_BODY = '__requestBody__';

/** The operation in a tool file of the ADK. */
export function operationOfFile(fields: ToolFileFields): OperationDraft {
  const openapi = fields.binding.openapi as NonNullable<ToolFileFields['binding']['openapi']>;
  const { http_method: method, http_path: path, security, servers } = openapi;
  const key = (security ?? []).find(({ type }) => type === 'apiKey');
  const where = key?.in ?? key?.in_field;
  const { inputSchema, places } = readPlaces((fields.input_schema ?? {}) as JsonObject, { method, path });
  return {
    name: fields.name,
    displayName: fields.display_name ?? fields.name,
    description: fields.description,
    permission: fields.permission ?? 'read_only',
    approve: fields.approve ?? undefined,
    approval: policyOf(fields.approval),
    timeoutMs: timeoutOf(fields.timeout_seconds),
    method,
    path,
    successStatus: openapi.success_status_code ?? 200,
    inputSchema,
    places,
    keyPlace: key?.name && (where === 'header' || where === 'query') ? { in: where, name: key.name } : undefined,
    wantsCredentials: (security ?? []).length > 0,
    server: servers?.[0],
    appId: fields.app_id ?? openapi.connection_id ?? undefined,
    at: {
      server: ['binding', 'openapi', 'servers', 0],
      app: fields.app_id ? ['app_id'] : ['binding', 'openapi', 'connection_id'],
      self: ['binding', 'openapi'],
    },
  };
}

/** The tool of an operation; undefined when it cannot be called, which the remarks then say. */
export function toolOf(draft: OperationDraft, around: ToolSurroundings): ToolReading['tool'] | undefined {
  const { remarks, connections, variable } = around;
  const refuse = (path: Path, message: string, fix: string) => remarks.push({ severity: 'error', path, message, fix });
  const { appId, at } = draft;
  const connection = appId === undefined ? undefined : connections.get(appId);
  if (appId !== undefined && !connection) {
    const near = nearest(appId, [...connections.keys()]);
    const fix = near ? `Did you mean \`${near}\`?` : `Make \`connections/${appId}.yaml\`.`;
    refuse(at.app, `There is no working connection \`${appId}\`.`, fix);
    return undefined;
  }
  if (!connection && draft.wantsCredentials) {
    const fix = 'Name a connection with `app_id`, if the service does not let everybody in.';
    const message = `\`${draft.name}\` asks for credentials and has no connection.`;
    remarks.push({ severity: 'warning', path: at.self, message, fix });
  }
  const written = connection?.url ?? draft.server;
  const server = written && fillVariables(written, variable, (message, fix) => refuse(at.server, message, fix));
  if (written === undefined) {
    refuse(at.self, `\`${draft.name}\` does not say where its service is.`, 'Add `servers: ["https://…"]`.');
    return undefined;
  }
  if (server === undefined) return undefined;
  if (!isAddress(server)) {
    refuse(at.server, 'This is no plain http or https address.', 'Write, for example, `https://shop.example.com`.');
    return undefined;
  }
  const none: Credentials = { headers: {}, query: {} };
  const { name, displayName, description, permission, approve, approval, timeoutMs, method, path } = draft;
  const { successStatus, inputSchema, places } = draft;
  const credentials = connection ? credentialsOf(connection, draft.keyPlace) : none;
  return createOpenApiTool(
    { name, displayName, description, permission, approve, timeoutMs, ...(approval ? { approval } : {}) },
    { method, path, server: server.replace(/\/+$/, ''), places, credentials, successStatus, inputSchema },
  );
}

/** What a file says of approvals; undefined when it says nothing. */
export function policyOf(said: ToolFileFields['approval']): ApprovalPolicy | undefined {
  if (!said) return undefined;
  const { expires_seconds: seconds, on_expiry: onExpiry } = said;
  return { ...(seconds == null ? {} : { expiresMs: seconds * 1_000 }), ...(onExpiry ? { onExpiry } : {}) };
}

function timeoutOf(seconds: number | null | undefined): number {
  return seconds ? Math.max(1, Math.round(seconds * 1_000)) : DEFAULT_TIMEOUT_MS;
}

/** Splits what the ADK writes into one schema: what the model may say, and where each member goes (`in`, `aliasName`). */
function readPlaces(
  schema: JsonObject,
  { method, path }: { readonly method: string; readonly path: string },
): { readonly inputSchema: JsonObject; readonly places: Readonly<Record<string, Place>> } {
  const places: Record<string, Place> = {};
  const properties: Record<string, Json> = {};
  for (const [name, value] of Object.entries(objectOf(schema.properties))) {
    const { in: where, aliasName, ...own } = objectOf(value);
    const alias = typeof aliasName === 'string' && aliasName !== '' ? aliasName : name;
    properties[name] = own;
    if (name === WHOLE_BODY) places[name] = { in: 'body' };
    else if (where === 'path' || where === 'query' || where === 'header' || where === 'body')
      places[name] = { in: where, name: alias };
    else if (path.includes(`{${alias}}`)) places[name] = { in: 'path', name: alias };
    else places[name] = { in: /^(GET|HEAD|DELETE)$/.test(method) ? 'query' : 'body', name: alias };
  }
  const { properties: _, required, ...rest } = schema;
  const wanted: JsonObject = Array.isArray(required) ? { required } : {};
  return { inputSchema: { ...rest, type: 'object', properties, ...wanted }, places };
}

export function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

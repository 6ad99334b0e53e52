export { needsApproval } from './approval.ts';
export {
  type CheckedDefinition,
  createCodeTool,
  DEFAULT_TIMEOUT_MS,
} from './code-tool.ts';
export type { McpServer } from './mcp/server.ts';
export { createOpenApiTool } from './openapi/openapi-tool.ts';
export type { Credentials, Operation, Place } from './openapi/operation.ts';
export {
  inspectPython,
  PYTHON_TOOLKIT,
  type PythonFile,
  type PythonTool,
  pythonOf,
  pythonServer,
} from './python.ts';
export { fromStored, textForModel } from './result.ts';
export { type CallPlace, callTool, callTools, type WantedCall } from './run-tool.ts';
export { schemaFault } from './schema.ts';
export {
  createToolbox,
  type Offer,
  type ProjectToolbox,
  type ToolboxOptions,
  toolNamed,
  toolNamesOf,
} from './toolbox.ts';

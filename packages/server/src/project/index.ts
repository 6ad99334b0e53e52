export { DEFAULT_LLM } from './agent.ts';
export { SYSTEM_VARIABLES } from './agent-rules.ts';
export { createDirectory, type DirectoryOptions, type ProjectDirectory } from './directory.ts';
export { DOCUMENT_TYPES } from './knowledge-base.ts';
export { type LoadProjectOptions, loadProject } from './load.ts';
export {
  type AgentEntry,
  type DocumentFile,
  type Finding,
  formatFinding,
  type KnowledgeBase,
  type Project,
} from './project.ts';
export { type WatchOptions, watchProject } from './watch.ts';

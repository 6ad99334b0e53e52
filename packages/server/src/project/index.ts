export { createDirectory, type DirectoryOptions, type ProjectDirectory } from './directory.ts';
export { type Fixture, type FixtureTurn, readFixture, writeFixture } from './fixture.ts';
export { type LoadProjectOptions, loadProject } from './load.ts';
export {
  type AgentEntry,
  type DocumentFile,
  type Finding,
  formatFinding,
  type KnowledgeBase,
  type PluginEntry,
  type Project,
  type ToolEntry,
  type ToolkitEntry,
} from './project.ts';
export { dataFilesOf } from './tree.ts';
export { type WatchOptions, watchProject } from './watch.ts';

export { readDocument } from './documents/index.ts';
export { createGuideRuntime, type GuideOptions } from './guide.ts';
export {
  type KnowledgeFinding,
  type KnowledgeSource,
  type SyncOptions,
  type SyncReport,
  syncKnowledge,
} from './sync.ts';

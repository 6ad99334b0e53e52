export { createGuideRuntime, type GuideOptions } from './guide.ts';
export { syncKnowledge } from './sync.ts';

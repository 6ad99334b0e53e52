export { findModel, isUsable, type ModelAccess, type Providers, type Unusable } from './access.ts';
export type { LlmOptions, ModelTrouble } from './options.ts';
export { createLlmRuntime, createUnusableRuntime } from './runtime.ts';
export { ScriptedModel, type ScriptedReply, scriptedAccess } from './scripted.ts';

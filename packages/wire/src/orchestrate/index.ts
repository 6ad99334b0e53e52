export * from './agent.ts';
export * from './completion.ts';
export * from './content.ts';
export * from './frame.ts';
export * from './message.ts';
export { isUuid } from './primitives.ts';
export * from './run.ts';
export * from './service.ts';
export * from './thread.ts';

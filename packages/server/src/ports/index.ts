export * from './clock.ts';
export * from './files.ts';
export * from './knowledge.ts';
export * from './notifier.ts';
export * from './runtime.ts';
export * from './store.ts';
export * from './tool.ts';

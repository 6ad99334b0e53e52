export * from './agent.ts';
export * from './error.ts';
export * from './event.ts';
export * from './message.ts';
export { parseUuid } from './primitives.ts';
export * from './run.ts';
export * from './session.ts';

export { type Pace, REAL_PACE } from './pace.ts';
export { createCodeRuntime } from './runtime.ts';
export {
  type AgentFunction,
  type AgentMetadata,
  type AgentOutput,
  type Ask,
  ask,
  type CodeStep,
  type CodeTurn,
  defineAgent,
  type Generic,
  type Said,
  type Trajectory,
} from './turn.ts';

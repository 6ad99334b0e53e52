import type { Engine } from '../../engine/engine.ts';
import { maySee, type Run, type Scope } from '../../model/index.ts';
import type { MessageView } from './message.ts';
import type { RunView } from './project.ts';

/** How messages are shown to the caller. Agents that hide their reasoning show their steps to operators only. */
export function messageView({ agents }: Engine, { audience }: Scope): MessageView {
  return {
    showsSteps(agentName) {
      if (!maySee(audience, 'user')) return false;
      return maySee(audience, 'operator') || !(agentName !== null && agents.find(agentName)?.hideReasoning);
    },
  };
}

/** How a run is shown to the caller. */
export function runView(engine: Engine, scope: Scope, run: Run): RunView {
  return {
    ...messageView(engine, scope),
    runId: run.id,
    sessionId: run.threadId,
    agentName: run.agentName,
    createdAt: run.createdAt,
  };
}

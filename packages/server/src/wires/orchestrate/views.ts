import type { Engine } from '../../engine/engine.ts';
import { maySee, type Run, type Scope } from '../../model/index.ts';
import type { RunView } from './lines.ts';
import type { MessageView } from './message.ts';

/** How messages of one tenant are shown to the caller. Agents that hide their reasoning show their steps to operators only. */
export function messageView(engine: Engine, scope: Scope, multipleContent = true): MessageView {
  const { agents } = engine;
  return {
    tenantId: scope.tenantId,
    multipleContent,
    showsSteps(agentName) {
      if (!maySee(scope.audience, 'user')) return false;
      return maySee(scope.audience, 'operator') || !(agentName !== null && agents.find(agentName)?.hideReasoning);
    },
    displayName: (agentName) => (agentName === null ? '' : agents.find(agentName)?.displayName || agentName),
  };
}

/** How a run is shown to the caller. */
export function runView(
  engine: Engine,
  scope: Scope,
  { run, multipleContent }: { run: Run; multipleContent: boolean },
): RunView {
  return {
    ...messageView(engine, scope, multipleContent),
    runId: run.id,
    threadId: run.threadId,
    agentId: run.agentId,
    agentName: run.agentName,
  };
}

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { event as acpEvent } from '@clew/wire/acp';
import { frame } from '@clew/wire/orchestrate';
import { describe, expect, test } from 'vitest';
import { type EventOf, PROGRESS, type Run, type RunEvent } from '../../src/model/index.ts';
import * as acp from '../../src/wires/acp/project.ts';
import { currentRun } from '../../src/wires/acp/reading.ts';
import * as orchestrate from '../../src/wires/orchestrate/project.ts';
import { viewOf } from './orchestrate/logs.ts';

/** First line of a transcript: the run whose log follows. */
interface Heading {
  readonly about: string;
  readonly runId: string;
  readonly tenantId: string;
}

const FOLDER = new URL('../../../../test/transcripts/', import.meta.url);
const NAMES = readdirSync(FOLDER).filter((name) => name.startsWith('run-'));

function readTranscript(name: string) {
  const [heading, ...lines] = readFileSync(new URL(name, FOLDER), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const log = lines.map((line) => line.log as RunEvent);
  const created = log[0] as EventOf<'run.created'>;
  return { heading: heading as Heading, log, created };
}

/**
 * Logs of runs that took place, each event with what both wires make of it: `{log, orchestrate, acp}` a line. When a projection is meant to change,
 * `npm test -- packages/server/test/wires/transcripts.test.ts -u` writes the files anew; what changed is then in the diff.
 */
describe.each(NAMES)('%s', (name) => {
  const { heading, log, created } = readTranscript(name);
  const { agentId, agentName, threadId } = created.data;
  const { runId, tenantId } = heading;
  const acpView = { runId, sessionId: threadId, agentName, createdAt: created.at, showsSteps: () => true };

  test('is shown by both wires as it was', async () => {
    const view = viewOf({ runId, threadId, tenantId, agentId, agentName, displayName: () => agentName });
    const states = { orchestrate: orchestrate.openProjection(view), acp: acp.openProjection(acpView) };
    const lines = log.map((event) => ({
      log: event,
      orchestrate: orchestrate.project(states.orchestrate, event).map(({ line }) => frame.parse(JSON.parse(line))),
      acp: acp.project(states.acp, event).map((one) => acpEvent.parse(one)),
    }));
    const text = [heading, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(name, FOLDER)));
  });

  test('is the same run over ACP whether its pieces are read or not, wherever it stands', async () => {
    for (let length = 1; length <= log.length; length += 1) {
      const events = log.slice(0, length);
      const state = acp.openProjection(acpView);
      for (const event of events) acp.project(state, event);
      expect(await currentRun(readingOf(events))).toEqual(acp.runOf(state));
    }
  });

  function readingOf(events: readonly RunEvent[]): Parameters<typeof currentRun>[0] {
    const engine = {
      agents: { find: () => undefined },
      readEvents: async () => events,
      readMilestones: async () => events.filter(({ type }) => !PROGRESS.has(type)),
    };
    const run = { id: runId, threadId, agentName, createdAt: created.at, cancelRequested: false };
    return {
      engine: engine as unknown as Parameters<typeof currentRun>[0]['engine'],
      scope: { tenantId, userId: '', userName: '', audience: 'operator' },
      run: run as Run,
    };
  }
});

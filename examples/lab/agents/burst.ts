import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'burst',
  display_name: 'Burst',
  description: 'Answers "burst N M" with N pieces of 20 bytes, M a second; with M = 0 all at once.',
};

const MOST_PIECES = 1_000_000;

export default async function* burst(turn: CodeTurn): AgentOutput {
  const match = /^\s*burst\s+(\d+)\s+(\d+(?:\.\d+)?)\s*$/i.exec(turn.text);
  if (!match) turn.fail('invalid_input', 'Say "burst N M": N pieces, M a second. With M = 0 they come at once.');
  const count = Math.min(Number(match[1]), MOST_PIECES);
  const interval = Number(match[2]) > 0 ? 1_000 / Number(match[2]) : 0;
  // Each piece has its time on the clock, so that late timers do not add up.
  let due = turn.now();
  for (let at = 1; at <= count; at += 1) {
    if (interval > 0 && !turn.replaying) {
      const wait = due - turn.now();
      if (wait > 0) await turn.sleep(wait);
      due += interval;
    }
    yield `piece ${String(at).padStart(12, '.')} \n`;
  }
}

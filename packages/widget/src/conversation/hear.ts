import type { Frame } from '@clew/wire/client';
import type { Row } from '../outbox/outbox.ts';
import { NO_ANSWER } from '../transcript/answer.ts';
import type { Question } from './state.ts';
import type { Greeting, Talk, TurnNews } from './talk.ts';
import type { Turn } from './turn.ts';

/** A tab of a room, as far as what other tabs tell concerns it. */
export interface Mate {
  readonly leads: boolean;
  readonly current: Turn | undefined;
  take(row: Row, question: Question | undefined): void;
  adopt(news: TurnNews): void;
  read(turn: Turn, frame: Frame): void | Promise<void>;
  greet(): void;
  share(turn: Turn): void;
  shareQueue(): void;
  stopSoon(): void;
  retry(key: string): boolean;
  turn(key: string): Turn;
  knows(key: string): boolean;
  restate(messageId: string, state: Readonly<Record<string, unknown>> | null): void;
}

/** Does what follows from what another tab told. */
export function hear(tab: Mate, talk: Talk): void | Promise<void> {
  switch (talk.type) {
    case 'asked':
      return tab.take(talk.row, talk.question);
    case 'frame':
      return hearFrame(tab, talk);
    case 'turn':
      // Who leads knows better, unless it has nothing to do.
      if (!(tab.leads && tab.current?.working)) tab.adopt(talk);
      return;
    case 'hello':
      if (tab.leads) answer(tab, talk);
      return;
    case 'stop':
      if (tab.leads) tab.stopSoon();
      return;
    case 'again':
      if (tab.leads) tab.retry(talk.key);
      return;
    case 'state':
      tab.restate(talk.messageId, talk.state);
      return;
  }
}

function hearFrame(tab: Mate, { key, before, frame }: Extract<Talk, { type: 'frame' }>): void | Promise<void> {
  const turn = tab.current;
  if (turn?.key === key && (before === undefined || turn.has(before))) return tab.read(turn, frame);
  // Something before it was missed.
  tab.greet();
}

/** Gives a tab what it lacks. Where it knows of a run that this one never heard of (somebody spoke from elsewhere), that is followed from now on. */
function answer(tab: Mate, { key, question, runId, cursor, open }: Greeting): void {
  const turn = tab.current;
  if (open && runId && key !== undefined && key !== turn?.key && !turn?.working && !tab.knows(key)) {
    const { reply } = tab.turn(key);
    tab.adopt({ key, question, reply: { ...reply, answer: { ...NO_ANSWER, runId } }, cursor: undefined });
  } else if (turn && (key !== turn.key || ((open || turn.working) && cursor !== turn.cursor))) tab.share(turn);
  tab.shareQueue();
}

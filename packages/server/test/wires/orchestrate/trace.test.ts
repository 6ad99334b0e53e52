import { describe, expect, test } from 'vitest';
import { compareWithTrace, readTranscript } from '../../../../../test/kit/trace.ts';

const first = readTranscript('seed-1');
const second = readTranscript('seed-2');

describe('the comparison with the recorded exchanges', () => {
  test.each([
    ['the first with itself', first, first],
    ['the second with itself', second, second],
    ['the second with the first', first, second],
    ['the first with the second', second, first],
  ])('finds nothing: %s', (_, model, produced) => {
    expect(compareWithTrace(model, produced)).toEqual([]);
  });

  const changed = (from: string | RegExp, to: string) => compareWithTrace(first, first.replace(from, to));

  test.each<[string, () => string[], string]>([
    ['a member is gone', () => changed('"mentions": null, ', ''), 'message.created.message.mentions is missing'],
    [
      'a type is another',
      () => changed('"is_interrupt": false', '"is_interrupt": 0'),
      'is_interrupt is number, not boolean',
    ],
    [
      'a member of a list is gone',
      () => changed('"response_type": "text", "id": "1", "text"', '"response_type": "text", "text"'),
      '.content[0].id is missing',
    ],
    ['an event is gone', () => changed(/^.*message\.completed.*\n/m, ''), 'there is no message.completed'],
    [
      'the order is another',
      () => compareWithTrace(first, first.split('\n').reverse().join('\n').trimStart().concat('\n')),
      'the order is done run.completed',
    ],
    ['an id goes back', () => changed('1770397027222-1', '1770397027222-0'), 'does not come after 1770397027222-0'],
    ['an id has another form', () => changed('1770397027222-1', '17'), 'is not an id of the form'],
    ['a time has milliseconds', () => changed('07.195386Z', '07.195Z'), 'not UTC with microseconds'],
    ['a run is another', () => changed('a6d81785', 'b6d81785'), 'run_id is not the same everywhere'],
    [
      'message_id is not the id of the message',
      () => changed('"message_id": "060f231a', '"message_id": "160f231a'),
      'the id of the message',
    ],
    [
      'the text begins unannounced',
      () => changed('pullingEverythingTogether', 'other'),
      'before message.delta comes other',
    ],
    ['the parent is another message', () => compareWithTrace(first, first, { messageId: 'x' }), 'parent_message_id'],
  ])('finds that %s', (_, compare, complaint) => {
    expect(compare().join('\n')).toContain(complaint);
  });

  test.each(['\n\n', '\ndata: ', '\n: comment\n'])('refuses %j between two lines, as strict clients do', (between) => {
    expect(() => compareWithTrace(first, first.replace('\n', between))).toThrow();
  });
});

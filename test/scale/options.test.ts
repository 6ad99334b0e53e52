import { describe, expect, test } from 'vitest';
import { readOptions } from '../../bench/options.ts';

describe('npm run bench', () => {
  test.each([
    ['', 'run', {}],
    ['--quick --widget', 'run', { quick: true, widget: true }],
    ['--explain --events 5000 --plans', 'explain', { explain: true, events: '5000', plans: true }],
    ['--explain --events=5000', 'explain', { explain: true, events: '5000' }],
    ['--scale --quick --write', 'scale', { scale: true, quick: true, write: true }],
  ])('takes %s', (line, measure, values) => {
    expect(readOptions(line.split(' ').filter(Boolean))).toEqual({ measure, values });
  });

  test.each([
    ['--quik', /--quik/],
    ['quick', /quick/],
    ['--plans', /--plans is no option by itself/],
    ['--scale --widget', /--widget is no option of --scale/],
    ['--scale --postgres', /--postgres and --scale do not go together/],
    ['--explain --events', /--events/],
  ])('refuses %s before anything is measured', (line, said) => {
    expect(readOptions(line.split(' '))).toEqual({ say: expect.stringMatching(said), exitCode: 2 });
  });

  test.each([
    ['--help', /^What the speed claims .*\n\n {2}npm run bench .*everything/],
    ['--help --scale', /npm run bench -- --scale --tables/],
    ['--postgres --help', /npm run bench -- --postgres --quick/],
    ['--explain --help', /--explain --events/],
  ])('%s says what there is', (line, said) => {
    expect(readOptions(line.split(' '))).toEqual({ say: expect.stringMatching(said), exitCode: 0 });
  });
});

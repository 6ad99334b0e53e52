import type { Constants } from './constants.ts';
import { bottleneck, demand, LARGE, type Load, size, TYPICAL } from './model.ts';

const MILLION = 1_000_000;

/** The tables of docs/scale.md that come from the model, as Markdown. A test compares. */
export function tables(constants: Constants): string {
  return [costs(constants), sizes(constants), levers(constants)].join('\n\n');
}

/** What one thing costs. */
function costs({ node, database, notify, stored, wal, commitMs, streamBytes }: Constants): string {
  return markdown(
    ['what', 'CPU of a node, µs', 'CPU of the database, µs', 'stored, bytes', 'log, bytes'],
    [
      ['a run', node.run, database.run, stored.run, wal.run],
      ['a piece of an answer', node.delta, database.delta, stored.delta, wal.delta],
      ['a transaction, whatever is in it', node.commit, database.commit, '', ''],
      ['a piece read at another node', node.farDelta, database.farDelta, '', ''],
      ['a notification', '', `${number(notify.send)} + ${number(notify.perListener)} a node`, '', ''],
      [`waiting for the disk: ${number(commitMs)} ms a transaction`, '', '', '', ''],
      [`an open stream: ${number(streamBytes / 1_000)} kB of memory`, '', '', '', ''],
    ],
  );
}

/** From a few to a million. */
function sizes(constants: Constants): string {
  const rows = [100, 1_000, 10_000, 100_000, MILLION].map((conversations) => {
    const load: Load = { ...TYPICAL, conversations };
    const at = size(constants, load, LARGE);
    const asked = demand(constants, load, at);
    return [
      conversations,
      asked.runs,
      asked.deltas,
      at.nodes,
      at.databases,
      asked.groupSize,
      asked.commits,
      asked.databaseCores,
      asked.walBytes / 1e6,
      asked.bytesADay / 1e9,
      asked.bytesADayWithoutDeltas / 1e9,
    ];
  });
  return markdown(
    [
      'conversations',
      'runs/s',
      'pieces/s',
      'nodes (1 core)',
      'databases',
      'appends together',
      'commits/s each',
      'cores each',
      'log MB/s each',
      'GB a day',
      '… without pieces',
    ],
    rows,
  );
}

/** What moves the limits, for a million. */
function levers(constants: Constants): string {
  const million: Load = { ...TYPICAL, conversations: MILLION };
  const apart = { ...constants, notify: { ...constants.notify, send: 0, perListener: 0, mostPerSecond: Infinity } };
  const cases: [string, Constants, Load][] = [
    ['as it is', constants, million],
    ['pieces of 200 ms (`engine.coalesceMs`)', constants, { ...million, coalesceMs: 200 }],
    ['another bell (NATS, Redis)', apart, million],
    ['both', apart, { ...million, coalesceMs: 200 }],
    ['every stream read at another node', constants, { ...million, elsewhere: 1 }],
  ];
  const rows = cases.map(([label, with_, load]) => {
    const at = size(with_, load, LARGE);
    const asked = demand(with_, load, at);
    const alone = at.databases > 1 ? bottleneck(with_, load, { ...at, databases: 1 }, LARGE) : undefined;
    return [label, at.nodes, at.databases, asked.commits * at.databases, asked.databaseCores, alone ?? '–'];
  });
  return markdown(
    [
      'a million conversations',
      'nodes',
      'databases',
      'commits/s in all',
      'cores of each database',
      'what one database lacks first',
    ],
    rows,
  );
}

function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? number(cell) : cell)).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

function number(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US', { maximumFractionDigits: 2 });
}

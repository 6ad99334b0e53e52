import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { metricsText } from '../../src/app/metrics.ts';

const ROOT = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** The names of a server that has everything to tell. */
const given = new Set(
  metricsText({
    version: '1.0.0',
    worker: 'w',
    node: {
      active: 0,
      concurrency: 1,
      streams: 0,
      appendedEvents: 0,
      claims: { direct: 0, queued: 0 },
      lostLeases: 0,
      turnedAway: 0,
      tailDelay: { buckets: [{ atMost: 1, count: 0 }], count: 0, sum: 0 },
    },
    queue: { queued: 0, oldestAt: null, waiting: 0, running: [{ worker: 'w', runs: 1 }] },
    at: 0,
  })
    .split('\n')
    .flatMap((line) => /^([a-z_]+)[{ ]/.exec(line)?.[1] ?? []),
);
const named = (text: string) => [...new Set(text.match(/\bclew_[a-z_]+/g))];

test('the alerts ask for metrics that there are', () => {
  const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string; labels: { severity: string } }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  expect(rules.length).toBeGreaterThan(0);
  for (const { alert, expr } of rules)
    for (const name of named(expr)) expect(given, `${alert} asks for ${name}`).toContain(name);
});

test('the page for operators explains metrics that there are', () => {
  const page = read('docs/operations.md').split('## Is it well?')[1]?.split('\n## ')[0] ?? '';
  const rows = page.split('\n').filter((line) => line.startsWith('| `clew_'));
  expect(rows.length).toBeGreaterThan(0);
  for (const name of named(rows.map((row) => row.split('|')[1]).join()))
    expect(
      [...given].some((one) => one === name || one === `${name}_count`),
      name,
    ).toBe(true);
});

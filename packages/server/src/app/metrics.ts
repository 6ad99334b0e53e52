import type { EngineMeasures } from '../engine/index.ts';
import type { QueueMeasures } from '../ports/index.ts';

/** What `/metrics` is written from. */
export interface Measures {
  readonly version: string;
  /** Unique for each start of each process: the name that its runs stand under in `clew_runs_running`. */
  readonly worker: string;
  readonly node: EngineMeasures;
  /** Undefined while the store does not answer: what it knows is then left out. */
  readonly queue: QueueMeasures | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

type Kind = 'counter' | 'gauge';

/**
 * The text that Prometheus reads (exposition format 0.0.4). Written by hand rather than with `prom-client`: a dozen values that the engine counts anyway need no registry, and
 * a package of its own would be larger than this file.
 */
export function metricsText({ version, worker, node, queue, at }: Measures): string {
  const lines: string[] = [];
  const family = (name: string, kind: Kind | 'histogram', help: string) =>
    lines.push(`# HELP clew_${name} ${help}`, `# TYPE clew_${name} ${kind}`);
  const one = (name: string, kind: Kind, help: string, value: number) => {
    family(name, kind, help);
    lines.push(`clew_${name} ${value}`);
  };

  family(
    'info',
    'gauge',
    'Version of Clew, and the name that the runs of this process stand under in clew_runs_running.',
  );
  lines.push(`clew_info{version="${label(version)}",worker="${label(worker)}"} 1`);

  if (queue) {
    one('runs_queued', 'gauge', 'Runs that wait for a worker, on all nodes.', queue.queued);
    const age = queue.oldestAt === null ? 0 : Math.max(0, at - queue.oldestAt) / 1_000;
    one('queue_oldest_seconds', 'gauge', 'How long the oldest of them has waited.', age);
    one('runs_waiting', 'gauge', 'Runs that wait for a person, on all nodes.', queue.waiting);
    family('runs_running', 'gauge', 'Runs that are worked on, by node.');
    for (const { worker: name, runs } of queue.running)
      lines.push(`clew_runs_running{worker="${label(name)}"} ${runs}`);
  }

  one('node_runs', 'gauge', 'Runs that this node works on.', node.active);
  one('node_concurrency', 'gauge', 'Most runs that this node works on at once.', node.concurrency);
  one('streams', 'gauge', 'Readers that follow a run on this node.', node.streams);
  one('events_appended_total', 'counter', 'Events that this node has written.', node.appendedEvents);
  family('claims_total', 'counter', 'Runs that this node has taken: as they were started, or from the queue.');
  for (const how of ['direct', 'queued'] as const) lines.push(`clew_claims_total{from="${how}"} ${node.claims[how]}`);
  one('leases_lost_total', 'counter', 'Runs that another node has taken from this one.', node.lostLeases);
  one('turned_away_total', 'counter', 'Messages refused because the queue was full.', node.turnedAway);

  const { buckets, count, sum } = node.tailDelay;
  family('tail_delay_seconds', 'histogram', 'From when an event was said until a reader on this node has it.');
  for (const bucket of buckets) lines.push(`clew_tail_delay_seconds_bucket{le="${bucket.atMost}"} ${bucket.count}`);
  lines.push(`clew_tail_delay_seconds_bucket{le="+Inf"} ${count}`);
  lines.push(`clew_tail_delay_seconds_sum ${sum}`, `clew_tail_delay_seconds_count ${count}`);
  const memory = process.memoryUsage.rss();
  // Names that dashboards know from the official clients.
  lines.push(
    '# HELP process_resident_memory_bytes Resident memory size in bytes.',
    '# TYPE process_resident_memory_bytes gauge',
  );
  lines.push(`process_resident_memory_bytes ${memory}`);
  const { user, system } = process.cpuUsage();
  lines.push(
    '# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.',
    '# TYPE process_cpu_seconds_total counter',
  );
  lines.push(`process_cpu_seconds_total ${(user + system) / 1e6}`);
  return `${lines.join('\n')}\n`;
}

function label(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

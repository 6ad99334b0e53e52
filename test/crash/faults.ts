import { pause, until } from '../kit/until.ts';
import type { Cluster } from './cluster.ts';

/** What can happen to a cluster. Each resolves when it is over: what was taken away is back. */
export type Fault =
  | 'kill'
  | 'stop'
  | 'freeze'
  | 'cut, then resume'
  | 'cut, then reset'
  | 'slow'
  | 'mute'
  | 'disconnect'
  | 'database restart';

export interface FaultOptions {
  readonly leaseMs: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The faults by name. Each gets the place of the node that it happens to, where it happens to one. */
export function faultsOf(
  cluster: Cluster,
  { leaseMs, random }: FaultOptions,
): Readonly<Record<Fault, (place: number) => Promise<void>>> {
  const { nodes, node, balancer, postgres } = cluster;
  const longerThanLease = () => pause(leaseMs * (1.2 + random()));

  async function cut(place: number, how: 'resume' | 'reset'): Promise<void> {
    node(place).network.cut();
    await longerThanLease();
    node(place).network.restore(how);
    await cluster.until(place, 'in');
  }

  return {
    /** The process is gone without a word, and another one comes. */
    async kill(place) {
      await node(place).server.stop('SIGKILL');
      await cluster.renew(place);
    },
    /** It is told to stop, and another one comes. */
    async stop(place) {
      const { code } = await node(place).server.stop('SIGTERM');
      if (code !== 0) throw new Error(`A node that was told to stop ended with ${code}.`);
      await cluster.renew(place);
      await cluster.until(place, 'in');
    },
    /** The process sleeps longer than its leases last, and wakes up believing that it still has them. */
    async freeze(place) {
      const { server } = node(place);
      server.process.kill('SIGSTOP');
      balancer.takeOut(server.port);
      await longerThanLease();
      server.process.kill('SIGCONT');
      balancer.putIn(server.port);
    },
    'cut, then resume': (place) => cut(place, 'resume'),
    'cut, then reset': (place) => cut(place, 'reset'),
    /** The way of all nodes to the database takes longer for a while. */
    async slow() {
      const networks = nodes.map(({ network }) => network);
      for (const network of networks) network.slow(20 + 80 * random());
      await longerThanLease();
      for (const network of networks) network.slow(0);
    },
    /** No notification arrives for a while. */
    async mute() {
      const networks = nodes.map(({ network }) => network);
      for (const network of networks) network.loseNotifications(true);
      await longerThanLease();
      for (const network of networks) network.loseNotifications(false);
    },
    /** The database drops all connections. */
    async disconnect() {
      await cluster.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'clew'`,
      );
    },
    async 'database restart'() {
      await postgres.restart?.();
      await until(() => nodes.every(({ server }) => balancer.has(server.port)));
    },
  };
}

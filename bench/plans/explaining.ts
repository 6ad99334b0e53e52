import type { Database, Row, Session, Value } from '../../packages/server/src/storage/postgres/database.ts';

/** How the database would do one statement. */
export interface Plan {
  /** What was asked of the store when the statement came. */
  readonly asked: string;
  readonly sql: string;
  readonly text: string;
  /** Tables that are read from end to end. */
  readonly scanned: readonly string[];
}

/** A database that has every statement explained, with its parameters, before it does it. */
export interface Explaining {
  readonly database: Database;
  readonly plans: Plan[];
  /** What the statements from now on are for. */
  asks(what: string): void;
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Node[];
}

/** Statements that have a plan. */
const PLANNED = /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|TABLE)\b/i;

export function explaining(inner: Database): Explaining {
  const plans: Plan[] = [];
  const seen = new Set<string>();
  let asked = '';

  async function explain(session: Session, sql: string, values: readonly Value[]): Promise<void> {
    if (!PLANNED.test(sql) || seen.has(`${asked} ${sql}`)) return;
    seen.add(`${asked} ${sql}`);
    const json = await session.row(`EXPLAIN (FORMAT JSON) ${sql}`, ...values);
    const text = await session.rows(`EXPLAIN ${sql}`, ...values);
    const [root] = (json as Row)[0] as [{ Plan: Node }];
    plans.push({ asked, sql, text: text.map(([line]) => line).join('\n'), scanned: [...scans(root.Plan)] });
  }

  const on = (session: Session): Session => ({
    async rows(sql, ...values) {
      await explain(session, sql, values);
      return session.rows(sql, ...values);
    },
    async row(sql, ...values) {
      await explain(session, sql, values);
      return session.row(sql, ...values);
    },
    async run(sql, ...values) {
      await explain(session, sql, values);
      return session.run(sql, ...values);
    },
  });

  return {
    plans,
    asks(what) {
      asked = what;
    },
    database: {
      ...on(inner),
      transaction: (work) => inner.transaction((session) => work(on(session))),
      close: () => inner.close(),
    },
  };
}

function* scans(node: Node): Generator<string> {
  if (node['Node Type'] === 'Seq Scan' && node['Relation Name']) yield node['Relation Name'];
  for (const below of node.Plans ?? []) yield* scans(below);
}

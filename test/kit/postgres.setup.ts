import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../packages/server/src/storage/postgres/migrate.ts';
import { visitPostgres } from '../../packages/server/src/storage/postgres/open.ts';
import { startPostgres } from './postgres.ts';

/** What tests find with `inject`. */
export interface PostgresForTests {
  /** Address of the server, with the right to make databases. */
  readonly url: string;
  /** Name of a database that has the newest schema and nothing in it. */
  readonly template: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: PostgresForTests;
  }
}

/** One PostgreSQL for all files of a group, with a template of the databases that they make. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  const template = `clew_template_${process.pid}`;
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  const url = new URL(server.url);
  url.pathname = `/${template}`;
  await visitPostgres({ url: url.href }, migrate);
  project.provide('postgres', { url: server.url, template });
  return async () => {
    await admin.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await admin.end();
    await server.stop();
  };
}

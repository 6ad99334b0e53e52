import { execFileSync } from 'node:child_process';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { start } from './start.ts';

const WANTED = 10_000;
/** So many at once: the kernel queues some hundred connections that nobody has accepted yet. */
const TOGETHER = 250;

/** Ten thousand, or as many as this machine lets a process have: the hard limit, to which Node raises its own. */
const limit = process.platform === 'win32' ? 'unlimited' : execFileSync('sh', ['-c', 'ulimit -Hn']).toString().trim();
const MANY = limit === 'unlimited' ? WANTED : Math.min(WANTED, Number(limit) - 1_000);
if (MANY < WANTED) console.info(`Only ${MANY} connections are parked: ulimit -Hn is ${limit}.`);

async function parkMany(
  park: (bytes: string, at: number) => Promise<Socket>,
  bytes: readonly string[],
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < MANY) {
    const some = Array.from({ length: Math.min(TOGETHER, MANY - sockets.length) }, (_, at) =>
      park(bytes[at % bytes.length] as string, at),
    );
    sockets.push(...(await Promise.all(some)));
  }
  return sockets;
}

const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.destroyed ? resolve() : socket.resume().once('close', () => resolve())));

const KINDS = [
  '',
  'GET /health HTTP/1.1\r\nHost: localhost\r\nX-Half: ',
  'POST /api/v1/threads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000\r\n\r\n{"title":"',
  'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n',
];

test(`${MANY} connections that say nothing, half a request or one: the server goes on, and has its memory back when they go`, async () => {
  const server = await start(['--headers-ms', '600000', '--request-ms', '600000']);
  const sockets = await parkMany(server.park, KINDS);
  expect(sockets.filter(({ destroyed }) => destroyed).length).toBe(0);
  const response = await fetch(`${server.url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'echo', message: { role: 'user', content: 'still there?' } }),
  });
  expect(await response.text()).toContain('run.completed');
  for (const socket of sockets) socket.destroy();
  await server.calm();
}, 180_000);

test(`${MANY} connections that do not go are closed by the server`, async () => {
  const server = await start(['--headers-ms', '500', '--request-ms', '1000']);
  const sockets = await parkMany(server.park, KINDS.slice(0, 3));
  await Promise.all(sockets.map(closed));
  await server.calm();
}, 180_000);

test('beyond the limit connections are closed unread, and there is room again when others go', async () => {
  const server = await start(['--connections', '50']);
  await server.calm();
  const sockets = await Promise.all(Array.from({ length: 200 }, () => server.park()));
  const open = new Set(sockets);
  for (const socket of sockets) socket.resume().once('close', () => open.delete(socket));
  while (open.size > 50) await new Promise((resolve) => setImmediate(resolve));
  for (const socket of open) socket.destroy();
  await Promise.all(sockets.map(closed));
  while (
    !(await fetch(`${server.url}/health`).then(
      ({ ok }) => ok,
      () => false,
    ))
  );
  expect(server.output()).toContain('limits.connections');
  await server.calm();
});

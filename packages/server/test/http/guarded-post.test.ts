import type { lookup } from 'node:dns';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { post } from '../../src/http/guarded-post.ts';

/** A server that answers so; its address, and what came. */
async function serve(answer: RequestListener) {
  const came: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    came.push(`${request.method} ${request.url} ${request.headers['webhook-id']} ${body}`);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { came, port: (server.address() as AddressInfo).port };
}

const what = { headers: { 'webhook-id': 'msg_1' }, body: '{"é":1}', timeoutMs: 10_000 };

test('posts, and tells the status and when to come again', async () => {
  const { came, port } = await serve((_, response) => response.writeHead(503, { 'retry-after': '7' }).end('later'));
  expect(await post(`http://127.0.0.1:${port}/a?b=1`, what)).toEqual({ status: 503, retryAfter: '7' });
  expect(came).toEqual(['POST /a?b=1 msg_1 {"é":1}']);
});

test('follows no redirect, and waits for no answer that has no end', async () => {
  const { came, port } = await serve((request, response) => {
    if (request.url === '/endless') response.writeHead(200).write('…');
    else response.writeHead(307, { location: '/elsewhere' }).end();
  });
  expect((await post(`http://localhost:${port}/`, what)).status).toBe(307);
  expect((await post(`http://127.0.0.1:${port}/endless`, what)).status).toBe(200);
  expect(came).toHaveLength(2);
});

test('goes to no private network under a name', async () => {
  const { came, port } = await serve((_, response) => response.end());
  const inside = ((_: string, __: object, done: (error: null, found: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as typeof lookup;
  await expect(post(`http://hooks.example.com:${port}/`, { ...what, lookup: inside })).rejects.toThrow(
    'The address could not be reached: The name leads into a private network.',
  );
  expect(came).toEqual([]);
});

test('says why it came to nothing', async () => {
  const { port } = await serve(() => {});
  await expect(post(`http://127.0.0.1:${port}/`, { ...what, timeoutMs: 20 })).rejects.toThrow(
    'No answer within 0.02 s.',
  );
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, '127.0.0.1', done));
  const { port: free } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  await expect(post(`http://127.0.0.1:${free}/`, what)).rejects.toThrow('could not be reached: ECONNREFUSED.');
});

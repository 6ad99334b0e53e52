import { Connection } from '../load/client.ts';
import type { BenchServer } from '../servers/process.ts';

/** Events a second when a stored run is read again from its first event. */
export async function measureReplay(
  server: BenchServer,
  { events, times }: { events: number; times: number },
): Promise<number> {
  const runId = await makeRun(server, events);
  const connection = await Connection.open(server.port);
  const request = Buffer.from(
    `GET /api/v1/orchestrate/runs/${runId}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/x-ndjson\r\n\r\n`,
  );
  const rates: number[] = [];
  for (let n = 0; n < times + 2; n += 1) {
    const began = performance.now();
    await connection.exchange(request);
    if (n >= 2) rates.push(events / ((performance.now() - began) / 1000));
  }
  connection.close();
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
}

async function makeRun(server: BenchServer, events: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent_id: 'burst', message: { role: 'user', content: `burst ${events} 0` } }),
  });
  const [first = '{}'] = (await response.text()).split('\n');
  return JSON.parse(first).data.run_id;
}

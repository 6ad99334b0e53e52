import { Connection } from '../load/client.ts';
import type { BenchServer } from '../servers/process.ts';

/** Milliseconds for a run of `parts` parts over ACP in stream mode, from the request to the end of the stream; median of `times`. */
export async function measureAcpStream(
  server: BenchServer,
  { parts, times }: { parts: number; times: number },
): Promise<number> {
  const connection = await Connection.open(server.port);
  const body = JSON.stringify({
    agent_name: 'echo',
    mode: 'stream',
    input: [{ parts: Array.from({ length: parts }, (_, n) => ({ content: `part ${n}` })) }],
  });
  const request = Buffer.from(
    `POST /runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  const samples: number[] = [];
  for (let n = 0; n < times + 1; n += 1) {
    const began = performance.now();
    await connection.exchange(request);
    if (n > 0) samples.push(performance.now() - began);
  }
  connection.close();
  return samples.sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}

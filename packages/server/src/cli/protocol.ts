import { AcpError, createAcpClient } from '@clew/wire/acp-client';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';

/** What a server and a command may speak: the Orchestrate chat API, or ACP. */
export type Protocol = 'orchestrate' | 'acp';

export interface ProbeOptions {
  /** What the command speaks, what it likes best first. */
  readonly protocols: readonly Protocol[];
  /** Sent along where the protocol has no public question. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The first of the protocols that the server speaks. Undefined: none answers at the address. Fails when what answers speaks none of them. */
export async function protocolAt(url: string, { protocols, headers }: ProbeOptions): Promise<Protocol | undefined> {
  for (const protocol of protocols) {
    const speaks = await (protocol === 'orchestrate' ? speaksOrchestrate(url) : speaksAcp(url, headers));
    if (speaks === undefined) return undefined;
    if (speaks) return protocol;
  }
  throw new Failure(EXIT.unreachable, `What answers at ${url} ${notSpoken(protocols)}`);
}

const ANSWER_MS = 5_000;

async function speaksOrchestrate(url: string): Promise<boolean | undefined> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/v1/health/alive`, { signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    return undefined;
  }
  await response.body?.cancel();
  return response.ok;
}

async function speaksAcp(url: string, headers: ProbeOptions['headers']): Promise<boolean | undefined> {
  const client = createAcpClient({ baseUrl: url, headers, timeoutMs: ANSWER_MS });
  try {
    await client.ping();
    await client.agents({ limit: 1 });
    return true;
  } catch (error) {
    if (!(error instanceof AcpError)) throw error;
    if (error.code === 'unreachable') return undefined;
    // Whoever is refused is told so by the call that follows.
    return error.code !== 'malformed' && (error.status === 401 || error.status === 403);
  }
}

function notSpoken(protocols: readonly Protocol[]): string {
  if (protocols.length > 1) return 'speaks neither the chat API nor ACP. Name another server with --url.';
  return protocols[0] === 'acp'
    ? 'does not speak ACP. Name an ACP server with --url.'
    : 'is not a Clew server. Name one with --url.';
}

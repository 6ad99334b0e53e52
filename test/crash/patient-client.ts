import { pause } from '../kit/until.ts';

/** A frame of the stream as it came over the wire. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly run_id?: string; readonly thread_id?: string; readonly [member: string]: unknown };
}

/** What a client says. */
export interface Utterance {
  readonly agent: string;
  readonly text: string;
  /** The conversation it belongs to. Default: a new one. */
  readonly threadId?: string;
}

export interface Patience {
  /** A request that nobody has begun to answer by then is given up and sent again. Default: it waits for ever. */
  readonly answerMs?: number;
  /** Told of each message that had to be sent again, and why. Default: nobody is. */
  readonly onAgain?: (why: string) => void;
}

/**
 * Sends one message and reads its run to the end, whatever happens to the server in between: sends again with the same message id until a stream
 * begins, and comes back with the id of the last frame after every cut. Gives every frame it got, in the order it got them.
 */
export async function converse(
  base: string,
  { agent, text, threadId }: Utterance,
  { answerMs, onAgain }: Patience = {},
): Promise<Frame[]> {
  const frames: Frame[] = [];
  const messageId = crypto.randomUUID();
  const body = JSON.stringify({
    agent_id: agent,
    ...(threadId === undefined ? {} : { thread_id: threadId }),
    message: { id: messageId, role: 'user', content: text },
  });
  for (;;) {
    const last = frames.at(-1);
    if (last?.event === 'done') return frames;
    try {
      const response = last
        ? await begun(`${base}/api/v1/orchestrate/runs/${last.data.run_id}/events?after=${last.id}`, {
            headers: { accept: 'application/x-ndjson' },
          })
        : await begun(`${base}/api/v1/orchestrate/runs?stream=true`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
          });
      if (response.status >= 400 && response.status < 500)
        throw new Refused(`${response.status} ${await response.text()}`);
      if (!response.ok && !last) onAgain?.(`${response.status} ${await response.text()}`);
      if (response.ok && response.body) await readFrames(response.body, frames);
    } catch (error) {
      if (error instanceof Refused) throw error;
      if (!last && frames.length === 0) onAgain?.(reason(error));
    }
    await pause(5);
  }

  async function begun(url: string, init: RequestInit): Promise<Response> {
    const given = new AbortController();
    const late = answerMs === undefined ? undefined : setTimeout(() => given.abort(), answerMs);
    try {
      return await fetch(url, { ...init, signal: given.signal });
    } finally {
      clearTimeout(late);
    }
  }
}

/** The server understood and said no: trying again would not help. */
class Refused extends Error {}

function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

/** Collects whole lines; a line that is cut off was never sent, as far as the reader is concerned. */
async function readFrames(body: ReadableStream<Uint8Array>, frames: Frame[]): Promise<void> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) frames.push(JSON.parse(line));
  }
}

/** A frame of the stream as it came over the wire. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly run_id?: string; readonly [member: string]: unknown };
}

/**
 * Sends one message and reads its run to the end, whatever happens to the server in between: sends again with the same message id until a stream
 * begins, and comes back with the id of the last frame after every cut. Gives every frame it got, in the order it got them.
 */
export async function converse(base: string, { agent, text }: { agent: string; text: string }): Promise<Frame[]> {
  const frames: Frame[] = [];
  const messageId = crypto.randomUUID();
  const body = JSON.stringify({ agent_id: agent, message: { id: messageId, role: 'user', content: text } });
  for (;;) {
    const last = frames.at(-1);
    if (last?.event === 'done') return frames;
    try {
      const response = last
        ? await fetch(`${base}/api/v1/orchestrate/runs/${last.data.run_id}/events?after=${last.id}`, {
            headers: { accept: 'application/x-ndjson' },
          })
        : await fetch(`${base}/api/v1/orchestrate/runs?stream=true`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body,
          });
      if (response.status >= 400 && response.status < 500)
        throw new Refused(`${response.status} ${await response.text()}`);
      if (response.ok && response.body) await readFrames(response.body, frames);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** The server understood and said no: trying again would not help. */
class Refused extends Error {}

/** Collects whole lines; a line that is cut off was never sent, as far as the reader is concerned. */
async function readFrames(body: ReadableStream<Uint8Array>, frames: Frame[]): Promise<void> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) frames.push(JSON.parse(line));
  }
}

/** An answer was longer than a remote server may send. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/** The platform's `fetch`, whose bodies break off with `AnswerTooLarge` after `mostBytes`. */
export function createBoundedFetch(mostBytes: number): typeof globalThis.fetch {
  return async (input, init) => {
    const { body, status, statusText, headers } = await globalThis.fetch(input, init);
    if (!body) return new Response(null, { status, statusText, headers });
    let read = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        read += chunk.byteLength;
        if (read > mostBytes) controller.error(new AnswerTooLarge(`More than ${mostBytes} bytes.`));
        else controller.enqueue(chunk);
      },
    });
    return new Response(body.pipeThrough(counted), { status, statusText, headers });
  };
}

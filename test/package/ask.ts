/** One line of a run's stream on the Orchestrate chat API. */
export interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly thread_id?: string; readonly message?: { readonly content?: readonly ContentItem[] } };
}

interface ContentItem {
  readonly text?: string;
  readonly citations?: readonly { readonly url: string; readonly title: string }[];
}

export interface Answer {
  readonly frames: readonly Frame[];
  readonly text: string;
  readonly citations: readonly { readonly url: string; readonly title: string }[];
}

/** Asks as `curl` would and reads the stream to its end. */
export async function ask(url: string, question: string, agent?: string): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: '*/*' },
    body: JSON.stringify({ message: { role: 'user', content: question }, ...(agent ? { agent_id: agent } : {}) }),
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${body}`);
  const frames = body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Frame);
  const content = frames
    .filter((frame) => frame.event === 'message.created')
    .flatMap((frame) => frame.data.message?.content ?? []);
  return {
    frames,
    text: content.map((item) => item.text ?? '').join('\n'),
    citations: content.flatMap((item) => item.citations ?? []),
  };
}

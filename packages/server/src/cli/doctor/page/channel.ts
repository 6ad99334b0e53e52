import { nearest } from '../../../config/nearest.ts';
import { fine, found, type Line } from '../finding.ts';
import { pausedChannel } from '../paused-channel.ts';
import { type Answer, ask } from './ask.ts';
import type { Embedding } from './embedding.ts';
import { bodyOf, brokenOff, type ErrorReply, refused } from './refusal.ts';
import type { Sight } from './sight.ts';
import { judgeToken } from './token.ts';
import { isSecure, proofImpossible, visit } from './visitor.ts';

/** Reply of `GET /api/v1/auth/channel`, as far as it matters. */
interface ChannelReply {
  readonly channel?: string;
  readonly modes?: readonly string[];
  readonly ready?: boolean;
  readonly paused?: boolean;
  readonly proof_of_work?: boolean;
  readonly code?: string | null;
  readonly detail?: string | null;
}

/** What is asked with. */
export interface Asking {
  readonly embedding: Embedding;
  readonly sight: Sight;
  readonly now: () => number;
  /** Token that the person at the doctor gives, in place of the page's. */
  readonly token: string | undefined;
}

/** Whether the page may use its channel, and gets in. `token` is what a request of the page would have, once it is in. */
export async function checkChannel(
  asking: Asking,
  serverAheadMs: number,
): Promise<{ readonly lines: readonly Line[]; readonly token: string | undefined; readonly stop: boolean }> {
  const { embedding, sight, now } = asking;
  const { host, channel: named } = embedding;
  const headers: Record<string, string> = named && /^[!-~]+$/.test(named) ? { 'x-ibm-wo-orchestrate-id': named } : {};
  const stop = (...lines: Line[]) => ({ lines, token: undefined, stop: true });
  let answer: Answer;
  try {
    answer = await ask(`${host}/api/v1/auth/channel`, { now, headers: { ...headers, origin: sight.origin } });
  } catch (error) {
    return stop(brokenOff(error));
  }
  const body = (await bodyOf(answer.response)) as ChannelReply & ErrorReply;
  if (answer.response.status === 403 && body.code === 'origin_not_allowed') {
    // Without an origin it says which channel that would be.
    const { response } = await ask(`${host}/api/v1/auth/channel`, { now, headers });
    const { channel = 'default' } = (await bodyOf(response)) as ChannelReply;
    return stop(
      found(
        'origin_refused',
        `Pages of ${sight.origin} may not use the channel ${channel}: status 403.`,
        'Add the origin in clew.config.yaml beside those that the channel has, and start the server again:',
        `channels:\n  ${channel}:\n    origins:\n      - ${sight.origin}`,
      ),
    );
  }
  if (!answer.response.ok) return stop(refused(answer.response, body));
  const { channel = 'default', modes = [] } = body;
  if (body.ready === false)
    return stop(
      found(
        'security_not_set_up',
        String(body.detail ?? 'The channel has no key.'),
        'Make a key pair for the site; the public key is registered at once.',
        `clew keys new --channel ${channel}`,
      ),
    );
  const lines: Line[] = [fine(`Pages of ${sight.origin} may use the channel ${channel} (${modes.join(', ')}).`)];
  if (body.paused) lines.push(pausedChannel(channel));
  if (body.proof_of_work && !isSecure(sight.url))
    return { lines: [...lines, proofImpossible(sight.url)], token: undefined, stop: true };
  const open = modes.includes('open');
  const token = asking.token ?? embedding.token;
  if (token !== undefined && (modes.includes('signed') || !open)) {
    const wrong = judgeToken(token, now() + serverAheadMs);
    if (wrong.length > 0) return { lines: [...lines, ...wrong], token: undefined, stop: true };
  }
  if (token !== undefined) return { lines, token, stop: false };
  if (open) return { lines, token: undefined, stop: false };
  if (modes.includes('anonymous')) {
    const visitor = await visit(host, { headers: { ...headers, origin: sight.origin }, now });
    return { lines: [...lines, ...visitor.lines], token: visitor.token, stop: visitor.token === undefined };
  }
  if (embedding.worksTokenOut) {
    lines.push(
      found(
        'token_unknown',
        'The channel is for signed users, and the page works its token out by itself.',
        sight.seen
          ? 'The page gave none while it was looked at: is somebody signed in there? Give one to check:'
          : 'Give one to check, or use a machine with Chromium, Chrome or Edge:',
        `clew doctor ${sight.url} --token eyJ…`,
      ),
    );
    return { lines, token: undefined, stop: true };
  }
  lines.push(
    found(
      'token_missing',
      `The channel ${channel} is for signed users, and the page gives no token.`,
      'Let the page get one from its site; `clew keys new` prints the code for both:',
      "identityTokenFunction: async () => (await fetch('/chat-token')).text(),",
    ),
  );
  return { lines, token: undefined, stop: true };
}

/** Reply of `GET /api/v1/orchestrate/agents`, as far as it matters. */
interface AgentReply {
  readonly id: string;
  readonly name: string;
  readonly display_name?: string;
  readonly hidden?: boolean;
}

/** Whether the token is taken, and the agent is there. */
export async function checkAgent({ embedding, sight, now }: Asking, token: string | undefined): Promise<Line[]> {
  const { host, agent, channel } = embedding;
  let answer: Answer;
  try {
    answer = await ask(`${host}/api/v1/orchestrate/agents?include_hidden=true`, {
      now,
      headers: {
        origin: sight.origin,
        ...(channel && /^[!-~]+$/.test(channel) ? { 'x-ibm-wo-orchestrate-id': channel } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  } catch (error) {
    return [brokenOff(error)];
  }
  const body = await bodyOf(answer.response);
  if (!answer.response.ok) return [refused(answer.response, body as ErrorReply, token)];
  const agents = Array.isArray(body) ? (body as AgentReply[]) : [];
  const lines = token === undefined ? [] : [fine('The server takes the token.')];
  if (agent === '') return [...lines, fine('The page names no agent: the server chooses.')];
  const one = agents.find(({ id, name }) => id === agent || name === agent);
  if (one) return [...lines, fine(`The agent is "${one.display_name ?? one.name}".`)];
  const names = agents.map(({ id, name }) => `${name} (${id})`).join(', ');
  const meant = nearest(
    agent,
    agents.map(({ name }) => name),
  );
  const first = agents.find(({ name }) => name === meant) ?? agents.find(({ hidden }) => !hidden) ?? agents[0];
  const written = channel === undefined ? `agent="${first?.name}"` : `chatOptions: { agentId: '${first?.id}' },`;
  return [
    ...lines,
    found(
      'agent_unknown',
      `There is no agent "${agent}" for this page.`,
      first
        ? `There are: ${names}. Name one of them:`
        : 'The channel has no agents at all: `clew agents check` says what is wrong with their files, `agents` of the channel which it offers.',
      first ? written : 'clew agents check',
    ),
  ];
}

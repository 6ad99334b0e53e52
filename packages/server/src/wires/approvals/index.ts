import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import {
  ClewError,
  ERRORS,
  type FoldedWait,
  fold,
  type Json,
  openWait,
  type Part,
  type RunState,
  type Scope,
} from '../../model/index.ts';
import type { Endpoint, Reply, TextReply, Wire, WireRequest } from '../endpoint.ts';
import { decidedPage, noticePage, questionPage } from './page.ts';

/** What the wire is made of. */
export interface ApprovalPagesOptions {
  readonly engine: Engine;
  /** What the token of a link says. Rejects with `approval_link_invalid`. */
  readonly read: (token: string) => Promise<LinkClaims>;
}

/** What a link is about. */
export interface LinkClaims {
  readonly tenantId: string;
  readonly runId: string;
  readonly waitId: string;
  /** Whom it was made for. */
  readonly name: string;
  /** Id of the person who had it made. */
  readonly issuerId: string;
}

const LONGEST_REASON = 2_000;

const query = z.object({ t: z.string().describe('The token of the link.') });

/**
 * Pages on which a person decides about calls of tools by a link. GET only shows: scanners of mails and previews of messengers open every link. POST decides, and one
 * decision counts, however many links and other ways there are.
 */
export function createApprovalPages({ engine, read }: ApprovalPagesOptions): Wire {
  const page = (
    method: 'GET' | 'POST',
    summary: string,
    handle: (request: WireRequest) => Promise<Reply>,
  ): Endpoint => ({
    method,
    path: '/approve',
    aliases: [],
    summary,
    tag: 'Approvals',
    access: 'public',
    schemas: { query },
    handle: (request) => handle(request).catch(trouble),
  });

  async function open({ query }: WireRequest) {
    const claims = await read(query.get('t') ?? '');
    const { tenantId, runId, waitId, name, issuerId } = claims;
    // The id is that of whoever answers for the link; the name says that it was a link, and whose.
    const scope: Scope = { tenantId, userId: issuerId, userName: `link: ${name}`, audience: 'operator' };
    const run = await engine.library.readRun(scope, runId);
    const state = fold(await engine.readMilestones(scope, runId));
    const agent = engine.agents.find(run.agentId) ?? engine.agents.find(run.agentName);
    return { claims, scope, run, state, waitId, agentName: agent?.displayName ?? run.agentName };
  }

  return {
    name: 'approvals',
    endpoints: [
      page('GET', 'Show the calls that a link is about', async (request) => {
        const { state, waitId, claims, agentName } = await open(request);
        const wait = openWait(state);
        if (wait?.waitId !== waitId) return decidedPage(outcomeOf(state, waitId));
        return questionPage({ agentName, name: claims.name, wait, text: questionOf(state, wait) });
      }),
      page('POST', 'Approve or reject the calls that a link is about', async (request) => {
        const { state, waitId, scope, run } = await open(request);
        const wait = openWait(state);
        if (wait?.waitId !== waitId) return decidedPage(outcomeOf(state, waitId));
        const data = decisionIn(request.body, wait);
        const answer: Part = {
          type: 'item',
          kind: 'form_operation',
          value: { form_operation: 'submit', form_data: data },
        };
        try {
          await engine.answerRun(scope, run.id, { parts: [answer], waitId });
        } catch (error) {
          if (!(error instanceof ClewError) || error.code !== 'run_not_waiting') throw error;
          // Somebody else was quicker, a moment ago.
          const now = fold(await engine.readMilestones(scope, run.id));
          return decidedPage(outcomeOf(now, waitId));
        }
        const approved = Object.entries(data).some(([name, value]) => /decision$/.test(name) && value === 'approve');
        return noticePage(
          200,
          approved ? 'Approved' : 'Rejected',
          approved ? 'Thank you. The agent goes on.' : 'Thank you. The agent was told, and nothing was done.',
        );
      }),
    ],
    error: (error) => {
      const { code, message } = known(error);
      return { status: STATUS[code] ?? 500, body: { detail: message, code } };
    },
  };
}

/** Fields of the page as the form of the question takes them. Throws `invalid_request` when nothing is decided. */
function decisionIn(body: unknown, { calls = [] }: FoldedWait): Readonly<Record<string, Json>> {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const textIn = (name: string) =>
    typeof fields[name] === 'string' ? fields[name].toWellFormed().replaceAll('\0', '') : '';
  const all = textIn('decision');
  const reason = textIn('reason').trim().slice(0, LONGEST_REASON);
  const data: Record<string, Json> = reason === '' ? {} : { reason };
  if (all === 'approve' || all === 'reject') return { ...data, decision: all };
  if (all !== 'each' || calls.length < 2)
    throw new ClewError('invalid_request', 'Nothing was decided: go back and choose.');
  for (const at of calls.keys()) {
    const name = `call_${at + 1}_decision`;
    const word = textIn(name);
    if (word !== 'approve' && word !== 'reject')
      throw new ClewError('invalid_request', 'Go back and decide about each of the calls.');
    data[name] = word;
  }
  return data;
}

function questionOf({ messages }: RunState, { messageId }: FoldedWait): string {
  const asked = messages.find((message) => message.messageId === messageId);
  const parts = asked?.completed?.parts ?? asked?.parts ?? [];
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** What became of the question, for whoever comes too late. */
function outcomeOf({ waits }: RunState, waitId: string): string {
  const answer = waits.find((wait) => wait.waitId === waitId)?.answer;
  if (answer?.expired) return 'Nobody decided in time, and nothing was done.';
  if (!answer) return 'The conversation has ended, and nothing is to be decided any more.';
  const day = new Date(answer.createdAt).toISOString();
  return `It was decided on ${day.slice(0, 10)} at ${day.slice(11, 16)} UTC by ${answer.userName}.`;
}

const STATUS: Partial<Record<keyof typeof ERRORS, number>> = {
  approval_link_invalid: 403,
  run_not_found: 404,
  invalid_request: 422,
  unreadable_json: 400,
  unsupported_media_type: 415,
  too_large: 413,
  origin_not_allowed: 403,
  host_not_allowed: 403,
  rate_limited: 429,
  run_not_waiting: 409,
  server_closing: 503,
  database_unavailable: 503,
  database_full: 503,
};

/** Whoever follows a link reads pages and not JSON. Defects are for the one who logs them. */
function trouble(error: unknown): TextReply {
  if (!(error instanceof ClewError) || error.code === 'server_error') throw error;
  const title = error.code === 'run_not_found' ? 'There is nothing here any more' : 'This did not work';
  const text = error.code === 'run_not_found' ? 'The conversation was deleted.' : error.message;
  return noticePage(STATUS[error.code] ?? 500, title, text);
}

function known(error: unknown): ClewError {
  return error instanceof ClewError && error.code !== 'server_error'
    ? error
    : new ClewError('server_error', ERRORS.server_error);
}

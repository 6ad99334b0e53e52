import { expect, it } from 'vitest';
import { compareWithTrace, readTranscript } from '../kit/trace.ts';
import { start } from './start.ts';

const { url } = await start();

/** Headers as the recorded page sent them, its token included: another server signed it, which is no reason to send the person away. */
const HEADERS = {
  Accept: '*/*',
  'Accept-Language': 'en-GB,en;q=0.9',
  'Access-Control-Allow-Origin': '*',
  Authorization:
    'Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJmMjQyZWFkZi0wZGM5LTRlYWUtYjJkNy02NWIwOWI0YjRiMTYiLCJ1c2VybmFtZSI6Ind4by5hcmNoZXJAaWJtLmNvbSIsImF1ZCI6ImF1dGhlbnRpY2F0ZWQiLCJ0ZW5hbnRfaWQiOiI1NzVlZjhlZi1jMDBmLTQyYzYtOWM2Mi0zNzRkN2Y1ZTdjZTMiLCJ3b1RlbmFudElkIjoiNTc1ZWY4ZWYtYzAwZi00MmM2LTljNjItMzc0ZDdmNWU3Y2UzIiwid29Vc2VySWQiOiJmMjQyZWFkZi0wZGM5LTRlYWUtYjJkNy02NWIwOWI0YjRiMTYifQ._sixstlvH2D0eKfvQV3289kOstxSKKuQ7OFeEWHfsoM',
  'Content-Type': 'application/json',
  Origin: 'http://localhost:4000',
  Referer: 'http://localhost:4000/',
  'x-ibm-request-id': '5a1897ce-ef1c-4e8a-9b92-47622f519fb2',
};
const AGENT = '0c191f04-78cd-45e3-a99a-988cfb29434d';

it('answers the recorded conversation in the recorded shapes', async () => {
  const created = await fetch(`${url}/api/v1/threads`, {
    method: 'POST',
    headers: { ...HEADERS, Accept: 'application/json, text/plain, */*' },
    body: `{"title":"hello","agent_id":"${AGENT}"}`,
  });
  const thread = await created.json();
  expect(created.status).toBe(201);
  expect(thread).toEqual({ thread_id: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) });
  expect(created.headers.get('location')).toBe(`/threads/${thread.thread_id}`);
  expect(created.headers.get('access-control-allow-origin')).toBe('*');
  expect(created.headers.get('content-type')).toMatch(/^application\/json/);

  for (const [transcript, content] of [
    ['seed-1', 'hello'],
    ['seed-2', 'what context variables do you accept?'],
  ] as const) {
    const response = await fetch(
      `${url}/api/v1/orchestrate/runs?stream=true&stream_timeout=120000&multiple_content=true`,
      {
        method: 'POST',
        headers: { ...HEADERS, 'x-watson-channel': 'agentic_chat' },
        body: JSON.stringify({
          message: { role: 'user', content },
          additional_properties: {},
          context: {},
          agent_id: AGENT,
          thread_id: thread.thread_id,
          environment_id: '',
        }),
      },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    const body = await response.text();
    const exchange = { threadId: thread.thread_id, agentId: AGENT };
    expect(compareWithTrace(readTranscript(transcript), body, exchange)).toEqual([]);
  }
});

it('allows the preflight of the recorded page', async () => {
  const asked = 'access-control-allow-origin,authorization,content-type,x-ibm-request-id,x-watson-channel';
  const response = await fetch(`${url}/api/v1/orchestrate/runs?stream=true`, {
    method: 'OPTIONS',
    headers: {
      Origin: 'http://localhost:4000',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': asked,
    },
  });
  expect(response.ok).toBe(true);
  const allowed = response.headers.get('access-control-allow-headers')?.toLowerCase() ?? '';
  for (const name of asked.split(',')) expect(allowed).toContain(name);
  expect(response.headers.get('access-control-allow-methods')).toContain('POST');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
});

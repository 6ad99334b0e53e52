import { describe, expect, test } from 'vitest';
import { ClewError, ERRORS, type ErrorCode } from '../../../src/model/index.ts';
import { errorReply, runErrorReply } from '../../../src/wires/orchestrate/errors.ts';

describe('errors', () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('%s has a status, a detail and its code', (code) => {
    const { status, body } = errorReply(new ClewError(code));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toEqual({ detail: expect.anything(), code });
    expect(Array.isArray((body as { detail: unknown }).detail)).toBe(status === 422);
  });

  test('that nobody meant for the caller tell it nothing', () => {
    for (const thrown of [new Error('/srv/secret: no such file'), 'text', undefined, null, { code: 'too_large' }]) {
      expect(errorReply(thrown)).toEqual({ status: 500, body: { detail: ERRORS.server_error, code: 'server_error' } });
    }
  });

  test('about agents are worded as the ADK recognises them', () => {
    expect(errorReply(new ClewError('agent_not_found')).body).toMatchObject({
      detail: expect.stringMatching(/Agent not found/),
    });
  });

  test('of agents keep a code of their own', () => {
    expect(runErrorReply({ code: 'out_of_milk', message: 'No milk.' })).toEqual({
      status: 500,
      body: { detail: 'No milk.', code: 'out_of_milk' },
    });
    expect(runErrorReply({ code: 'invalid_input', message: 'Not that.' })).toMatchObject({
      status: 422,
      body: { detail: [{ msg: 'Not that.' }] },
    });
    expect(runErrorReply({ code: 'toString', message: 'x' }).status).toBe(500);
  });
});

import { token, tokenQuery, tokenRequest } from '@clew/wire/orchestrate';
import type { Endpoint } from '../../endpoint.ts';
import type { OrchestrateOptions } from '../options.ts';
import { plainPath } from '../paths.ts';
import { decodeBody, decodeQuery, idOrNone, invalid } from '../requests.ts';

/** Sign-in on one's own machine: whoever can reach the server gets a token, so that clients which insist on one have one. */
export function authEndpoints({ tokens, info }: OrchestrateOptions): Endpoint[] {
  return [
    {
      ...plainPath('/auth/token'),
      method: 'POST',
      tag: 'Sign-in',
      access: 'public',
      summary: 'Get a token for a user name; the password is not looked at',
      schemas: { query: tokenQuery, body: tokenRequest, reply: token },
      async handle({ body, query }) {
        const { username } = decodeBody(tokenRequest, body);
        const tenantId = idOrNone(decodeQuery(tokenQuery, query).tenant_id);
        if (tenantId !== undefined && tenantId !== info.defaultTenant.id) {
          throw invalid(['query', 'tenant_id'], 'There is no such tenant. GET …/tenants lists those there are.');
        }
        const issued = await tokens.issue({ userName: username, ...(tenantId ? { tenantId } : {}) });
        return {
          status: 200,
          headers: { 'Cache-Control': 'no-store' },
          body: { access_token: issued.token, token_type: 'bearer', expires_in: issued.expiresInSeconds },
        };
      },
    },
  ];
}

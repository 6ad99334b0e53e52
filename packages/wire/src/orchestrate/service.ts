import { z } from 'zod';
import { uuid } from './primitives.ts';

/** Form of `POST …/auth/token`. */
export const tokenRequest = z.looseObject({
  username: z.string().min(1).max(255).describe('Any name: it is who you are from then on.'),
  password: z.string().describe("Not looked at: this is the bootstrap of a server on one's own machine."),
});

export const tokenQuery = z.object({
  tenant_id: uuid.optional().describe('The tenant of this installation; no other is known.'),
});

export const token = z.object({
  access_token: z.string().describe('For the header `Authorization: Bearer …`.'),
  token_type: z.literal('bearer').describe('How it is sent.'),
  expires_in: z.number().int().describe('Seconds.'),
});

/** Body of `POST …/tenants`. */
export const tenantRequest = z.looseObject({
  name: z.string().min(1).max(255).describe('Name for programs.'),
  title: z.string().max(255).nullish().describe('Name for people.'),
  tags: z.array(z.string().max(255)).max(50).nullish().describe('Words to find it by.'),
});

export const tenant = z.object({
  id: z.string().describe('Id of the tenant.'),
  name: z.string().describe('Name for programs.'),
  title: z.string().describe('Name for people.'),
  tags: z.array(z.string()).describe('Words to find it by.'),
});

export const tenants = z.array(tenant);

/** An entry of `GET …/models/list`. */
export const model = z.object({
  id: z.string().describe("What an agent's `llm` says."),
  name: z.string().describe('The same.'),
  description: z.string().describe('Which agents use it.'),
  is_custom: z.boolean().describe('Whether a client has registered it.'),
  is_default: z.boolean().describe('Whether it is that of the default agent.'),
});

export const modelList = z.object({ resources: z.array(model).describe('Those that agents of the project name.') });

export const virtualModels = z.array(model);

export const health = z.object({
  status: z
    .enum(['ok', 'draining', 'unavailable'])
    .describe(
      '`unavailable` (with status 503) when the store cannot be read or written, `draining` (503 too) when the server is about to stop: it still answers, but new requests should go to another one.',
    ),
  version: z.string().describe('Version of Clew.'),
});

/** Every reply with a status of 400 or more. */
export const problem = z.object({
  detail: z
    .union([
      z.string(),
      z.array(
        z.object({
          loc: z.array(z.union([z.string(), z.number()])).describe('Where: the path of the member.'),
          msg: z.string().describe('What is wrong.'),
          type: z.string().describe('Which kind of mistake.'),
        }),
      ),
    ])
    .describe('A sentence, or a list of what is wrong with the request.'),
  code: z.string().describe('For programs; `docs/errors.md` lists them.'),
});

export type Token = z.infer<typeof token>;
export type Tenant = z.infer<typeof tenant>;
export type Model = z.infer<typeof model>;
export type Problem = z.infer<typeof problem>;

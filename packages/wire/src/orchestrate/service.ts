import { z } from 'zod';
import { uuid } from './primitives.ts';

/** Form of `POST …/auth/token`. */
export const tokenRequest = z.looseObject({
  username: z.string().min(1).max(255),
  /** Not looked at: this is the bootstrap of a server on one's own machine. */
  password: z.string(),
});

export const tokenQuery = z.object({ tenant_id: uuid.optional() });

export const token = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.number().int(),
});

/** Body of `POST …/tenants`. */
export const tenantRequest = z.looseObject({
  name: z.string().min(1).max(255),
  title: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
});

export const tenant = z.object({ id: z.string(), name: z.string(), title: z.string(), tags: z.array(z.string()) });

export const tenants = z.array(tenant);

/** An entry of `GET …/models/list`. */
export const model = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  is_custom: z.boolean(),
  is_default: z.boolean(),
});

export const modelList = z.object({ resources: z.array(model) });

export const virtualModels = z.array(model);

export const health = z.object({ status: z.enum(['ok', 'unavailable']), version: z.string() });

/** Every reply with a status of 400 or more. */
export const problem = z.object({
  detail: z.union([
    z.string(),
    z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() })),
  ]),
  code: z.string(),
});

export type Token = z.infer<typeof token>;
export type Tenant = z.infer<typeof tenant>;
export type Model = z.infer<typeof model>;
export type Problem = z.infer<typeof problem>;

import { tenant, tenantRequest, tenants } from '@clew/wire/orchestrate';
import { ClewError, maySee } from '../../../model/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import type { OrchestrateOptions } from '../options.ts';
import { plainPath } from '../paths.ts';
import { decodeBody, invalid } from '../requests.ts';

/** How many names the tenant may be given between two starts. */
const MOST_NAMES = 100;

/**
 * Tenants: the installation is one, whatever it is called. The ADK looks for one named `wxo-dev`, makes it if it finds none, and looks again; so a
 * name that is made here is another name of the same tenant, until the next start.
 */
export function tenantEndpoints({ info, anyOpen = false }: OrchestrateOptions): Endpoint[] {
  const { id, name } = info.defaultTenant;
  const named = new Map([[name, { id, name, title: name, tags: [] as string[] }]]);

  return [
    {
      ...plainPath('/tenants'),
      method: 'GET',
      tag: 'Sign-in',
      access: 'principal',
      summary: 'List the names of the tenant',
      schemas: { reply: tenants },
      handle: async () => ({ status: 200, body: [...named.values()] }),
    },
    {
      ...plainPath('/tenants'),
      method: 'POST',
      tag: 'Sign-in',
      access: 'principal',
      summary: 'Give the tenant another name',
      schemas: { body: tenantRequest, reply: tenant, status: 201 },
      async handle({ body, scope }) {
        // Everybody reads the names: what users of a site could write there, its visitors would be shown.
        if (!maySee(scope.audience, anyOpen ? 'user' : 'operator')) throw new ClewError('operator_only');
        const wanted = decodeBody(tenantRequest, body);
        const known = named.get(wanted.name);
        if (known) return { status: 201, body: known };
        if (named.size >= MOST_NAMES) throw invalid(['body', 'name'], `The tenant has ${MOST_NAMES} names already.`);
        const added = { id, name: wanted.name, title: wanted.title ?? wanted.name, tags: wanted.tags ?? [] };
        named.set(wanted.name, added);
        return { status: 201, body: added };
      },
    },
  ];
}

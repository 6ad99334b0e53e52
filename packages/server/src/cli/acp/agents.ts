import { type AcpClient, AcpError } from '@clew/wire/acp-client';
import { noSuchAgent } from '../chat/agents.ts';

/** The name under which the server knows the agent. Fails with the names that there are. */
export async function findAcpAgent(client: AcpClient, wanted: string): Promise<string> {
  const names = (await client.agents()).map(({ name }) => name);
  if (names.includes(wanted)) return wanted;
  // A list may be one page of more, and a server may know other spellings.
  const agent = await client.agent(wanted).catch((error: unknown) => {
    if (error instanceof AcpError && (error.status === 404 || error.status === 422)) throw noSuchAgent(wanted, names);
    throw error;
  });
  return agent.name;
}

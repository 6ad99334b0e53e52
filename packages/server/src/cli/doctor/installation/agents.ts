import type { DatabaseExamination } from '../../../app/examine.ts';
import type { Config } from '../../../config/index.ts';
import type { Project } from '../../../project/index.ts';
import { fine, found, type Line } from '../finding.ts';
import { ask, NoAnswer } from '../page/ask.ts';

/** The agents and what is wrong with their files. */
export function checkAgents({ agents, findings }: Project): Line[] {
  const lines = findings.map(({ severity, file, line, field, message, fix }) =>
    found(
      severity === 'error' ? 'agent_broken' : 'agent_doubtful',
      `${file}:${line}${field === '' ? '' : ` (${field})`}: ${message}`,
      fix,
    ),
  );
  const shown = agents.filter(({ agent }) => !agent.hidden);
  if (shown.length === 0)
    lines.push(
      found(
        'agents_none',
        'There is no agent that anybody can talk to.',
        'Put a file into agents/. This makes a project with one:',
        'clew init my-chat',
      ),
    );
  else lines.push(fine(`Agents: ${shown.map(({ agent }) => agent.name).join(', ')}.`));
  return lines;
}

/** Whether the index has what the knowledge bases have. */
export function checkKnowledge({ knowledgeBases }: Project, seen: DatabaseExamination | undefined): Line[] {
  if (knowledgeBases.length === 0 || !seen) return [];
  return knowledgeBases.map(({ name, documents }) => {
    const indexed = seen.documents.get(name) ?? 0;
    if (seen.version === 0) return fine(`The knowledge base ${name} is indexed at the first start.`);
    if (indexed >= documents.length) return fine(`The knowledge base ${name} is indexed: ${indexed} documents.`);
    return found(
      'knowledge_not_indexed',
      `Of the ${documents.length} documents of the knowledge base ${name}, ${indexed} are in the index.`,
      'A start of the server reads the rest; what it cannot read it names in its log.',
      'clew dev',
    );
  });
}

/** Whether the providers of the agents' models answer and take the key. Asks each once, for its list of models, which costs nothing. */
export async function checkProviders({ agents }: Project, { models }: Config, now: () => number): Promise<Line[]> {
  const used = new Set(agents.map(({ agent }) => agent.llm.split('/')[0] ?? ''));
  const lines: Line[] = [];
  for (const name of used) {
    const provider = Object.hasOwn(models, name) ? models[name] : undefined;
    if (!provider) continue;
    if (provider.baseUrl === null) {
      lines.push(
        found(
          'model_unusable',
          provider.missing?.message ?? `The model provider ${name} cannot be used.`,
          provider.missing?.fix ?? 'See docs/models.md.',
        ),
      );
      continue;
    }
    const query = new URLSearchParams(provider.query);
    try {
      const { response } = await ask(`${provider.baseUrl}/models${query.size > 0 ? `?${query}` : ''}`, {
        now,
        headers: provider.headers,
      });
      void response.body?.cancel();
      lines.push(judge(name, response.status));
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      lines.push(
        found(
          'model_unreachable',
          `The model provider ${name} cannot be reached: ${error.message}.`,
          'Is its address right, and does the firewall let this machine out?',
        ),
      );
    }
  }
  return lines;
}

function judge(name: string, status: number): Line {
  if (status === 401 || status === 403)
    return found(
      'model_refused',
      `The model provider ${name} does not take the key: status ${status}.`,
      'Is the key whole, of this provider, and not revoked? docs/models.md says where it is set.',
    );
  if (status >= 500)
    return found(
      'model_unreachable',
      `The model provider ${name} answers with status ${status}.`,
      'It is mostly over soon; its status page says more.',
    );
  // Some have no list of models: that they answer is enough.
  return fine(`The model provider ${name} answers.`);
}

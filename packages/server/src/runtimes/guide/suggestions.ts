import type { Agent } from '../../model/index.ts';
import type { KnowledgeIndex } from '../../ports/index.ts';

const MOST = 4;

/** What the agent can be asked, as a Markdown list: its starter prompts, or else what its documents are about. Empty when there is neither. */
export async function suggestionsFor(agent: Agent, index: KnowledgeIndex): Promise<string> {
  const prompts = agent.starterPrompts.filter(({ state, prompt }) => state === 'active' && prompt.trim() !== '');
  const lines = prompts.length > 0 ? prompts.map(({ prompt }) => prompt.trim()) : await topics(agent, index);
  return lines
    .slice(0, MOST)
    .map((line) => `- ${line}`)
    .join('\n');
}

async function topics(agent: Agent, index: KnowledgeIndex): Promise<string[]> {
  const outline = await index.outline(agent.knowledgeBases);
  return outline.map(({ title, headings }) => {
    const shown = headings.slice(0, MOST).join(', ');
    return shown === '' ? `**${title}**` : `**${title}**: ${shown}${headings.length > MOST ? ' …' : ''}`;
  });
}

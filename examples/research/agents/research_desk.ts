import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'research_desk',
  display_name: 'Research desk',
  description: 'Asks the archive and the timetable about Lindvik, and answers with their sources.',
  collaborators: ['archive', 'timetable'],
  welcome_content: {
    welcome_message: 'What do you want to know about Lindvik?',
    description: 'A harbour town that does not exist: its archive and its timetable do.',
  },
  starter_prompts: {
    prompts: [
      { id: 'both', title: 'A trip', prompt: 'How old is the lighthouse, and when does the ferry to Utholm leave?' },
      { id: 'one', title: 'History', prompt: 'Who built the lighthouse?' },
    ],
  },
};

/** Which words are for the timetable; everything else is for the archive. */
const TRAVEL = /\b(ferry|ferries|leave|leaves|depart|sail|ticket|fare|timetable)\b/i;

/** Splits the question, asks both collaborators at the same time, and says what they found: as parts, so that each sentence keeps its source. */
export default async function* research(turn: CodeTurn): AgentOutput {
  const questions = turn.text
    .split(/(?:,|;|\?)\s*(?:and\s+)?/i)
    .map((question) => question.trim())
    .filter((question) => question !== '');
  if (questions.length === 0) {
    yield 'Ask me about the town of Lindvik or its ferries.';
    return;
  }
  const found = await Promise.all(
    questions.map((question) =>
      turn.handOff(TRAVEL.test(question) ? 'timetable' : 'archive', `${question}?`, { as: 'parts' }),
    ),
  );
  for (const parts of found) yield parts;
}

import type { AgentMetadata, AgentOutput, CodeTurn } from 'clew';

export const agent: AgentMetadata = {
  name: 'writer',
  display_name: 'Writer',
  description:
    'Answers "write N" with 11 kB of Markdown in pieces of 12 characters, N a second, and anything else with a short one.',
};

const PIECE = 12;

const SECTION = `## What happened at the station, part NUMBER

The **first train** came late, as [the timetable](https://example.com/timetable) had said it would, and nobody *on the platform* was surprised. Those who waited read the notice again: \`line 4\` was closed, ~~both ways~~ one way, until the evening.

1. Take the bus to the market, which leaves every ten minutes from the other side of the square.
2. Change there:
   - for the harbour, to line 2
   - for the old town, walk; it is not far
3. Keep your ticket.

> A ticket that was bought before noon is good for the whole of the day.

| line | first | last | every |
|---|---|---|---|
| 2 | 05:10 | 23:40 | 8 min |
| 4 | – | – | closed |
| 7 | 04:55 | 00:20 | 12 min |

\`\`\`js
const next = lines.filter(({ open }) => open).sort((a, b) => a.minutes - b.minutes)[0];
console.log(\`Take line \${next?.name ?? 'none'} in \${next?.minutes} minutes.\`);
\`\`\`

`;

const LONG = Array.from({ length: 11 }, (_, n) => SECTION.replace('NUMBER', `${n + 1}`))
  .join('')
  .slice(0, 11_000);

const SHORT = `A **short answer**: take line 7, which [leaves](https://example.com/timetable) every twelve minutes.

- Keep your ticket.
- Change at the market.
`;

export default async function* writer(turn: CodeTurn): AgentOutput {
  const rate = Number(/^write (\d+)$/.exec(turn.text)?.[1] ?? 0);
  if (rate === 0) {
    yield SHORT;
    return;
  }
  // Each piece has its time on the clock, so that late timers do not add up.
  let due = turn.now();
  for (let at = 0; at < LONG.length; at += PIECE) {
    const wait = due - turn.now();
    if (!turn.replaying && wait > 0) await turn.sleep(wait);
    due += 1_000 / rate;
    yield LONG.slice(at, at + PIECE);
  }
}

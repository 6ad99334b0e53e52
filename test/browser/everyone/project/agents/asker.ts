import { type AgentMetadata, type AgentOutput, ask } from 'clew';

export const agent: AgentMetadata = { name: 'asker', display_name: 'Asker', description: 'Asks with a form.' };

const SCHEMA = {
  type: 'object',
  title: 'A berth',
  description: 'We keep it for you until the evening.',
  required: ['name', 'side'],
  properties: {
    name: { type: 'string', title: 'Name of the boat' },
    side: { type: 'string', title: 'Side', enum: ['North', 'South'] },
    length: { type: 'number', title: 'Length' },
    port: { title: 'From', enum: ['Hamburg', 'Esbjerg', 'Harlingen', 'Ostend', 'Dover'] },
    day: { type: 'string', format: 'date', title: 'Day' },
    note: { type: 'string', title: 'Note' },
    agreed: { type: 'boolean', title: 'I know the rules' },
  },
};

export default async function* asker(): AgentOutput {
  yield ask([
    { type: 'text', text: 'Which berth would you **like**?' },
    {
      type: 'form',
      name: 'berth',
      schema: SCHEMA,
      ui: { note: { 'ui:widget': 'TextareaWidget' }, 'ui:cancelButtonOptions': { showCancel: true } },
    },
  ]);
  yield 'It is yours.';
}

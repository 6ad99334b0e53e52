import { defineTool } from 'clew';
import { buying } from './_buy.ts';

export default defineTool({
  ...buying,
  description: 'Is refused when nobody decides in time.',
  approval: { expires: 1_500, onExpiry: 'reject' },
});

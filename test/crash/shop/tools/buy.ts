import { defineTool } from 'clew';
import { buying } from './_buy.ts';

export default defineTool({ ...buying, description: 'Waits for a person for as long as it takes.' });

import { v7 } from 'uuid';
import type { Clock } from '../ports/index.ts';

/** Real time, and UUIDs of version 7: later ones sort after earlier ones, which keeps the indexes of the database compact. */
export const REAL_CLOCK: Clock = { now: () => Date.now(), id: () => v7() };

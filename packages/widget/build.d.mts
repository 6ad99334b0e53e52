import type { Plugin } from 'esbuild';

/** Gives back the table of sizes. */
export function build(options?: { outDir?: string }): Promise<string>;
export class OverBudget extends Error {}
/** What it takes to bundle the sources: styles are text, and of libraries only what is used. */
export const sourcePlugins: Plugin[];

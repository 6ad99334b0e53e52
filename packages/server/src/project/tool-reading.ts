import type { Tool } from '../ports/index.ts';
import type { Remark } from './check.ts';
import type { Finding } from './project.ts';
import type { Path, Places } from './yaml.ts';

/** A tool and the place of its name in the file. */
export interface ToolReading {
  readonly tool: Tool;
  readonly at: Path;
}

/** What a file in `tools/` holds, and what is to be said about it. */
export interface FileReading {
  readonly tools: readonly ToolReading[];
  readonly places: Places;
  readonly remarks: Remark[];
  readonly findings: readonly Finding[];
}

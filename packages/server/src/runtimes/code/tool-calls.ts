import type { JsonObject } from '../../model/index.ts';
import type { Toolbox, ToolResult } from '../../ports/index.ts';
import { type CallPlace, callTool, needsApproval, toolNamed } from '../tools/index.ts';

/**
 * Calls the tools of a project for one run. Calls go on at the same time, except that one which asks the person waits until the others are done, and those after
 * it wait for it: a question leaves the run, and whatever was on its way then would be done again after the answer.
 */
export class ToolCalls {
  readonly #toolbox: Toolbox;
  readonly #place: CallPlace;
  readonly #running = new Set<Promise<unknown>>();
  #asking: Promise<unknown> = Promise.resolve();

  constructor(toolbox: Toolbox, place: CallPlace) {
    this.#toolbox = toolbox;
    this.#place = place;
  }

  async call(name: string, input: JsonObject): Promise<ToolResult> {
    const tool = await toolNamed(this.#toolbox, name, this.#place.signal);
    const asks = needsApproval(tool);
    const before = asks ? [this.#asking, ...this.#running] : [this.#asking];
    const made = Promise.allSettled(before).then(() => callTool({ tool, input, callId: name, ...this.#place }));
    const running = made.catch(() => {}).finally(() => this.#running.delete(running));
    this.#running.add(running);
    if (asks) this.#asking = running;
    return made;
  }
}

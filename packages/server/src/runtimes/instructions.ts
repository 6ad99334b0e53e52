import type { JsonObject } from '../model/index.ts';

/**
 * Puts the values of context variables where a text names them: `Greet {wxo_user_name}.` Text comes as it is, other values as JSON. Names that
 * `context` does not have stay as written, and values are not looked at again, so that a value can bring in nothing.
 */
export function fillInstructions(instructions: string, context: JsonObject): string {
  return instructions.replace(/\{([\p{L}_][\p{L}\p{N}_.-]*)\}/gu, (written, name: string) => {
    if (!Object.hasOwn(context, name)) return written;
    const value = context[name];
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

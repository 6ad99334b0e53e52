import { type Command, InvalidArgumentError } from 'commander';

/** Context variables by name. */
export type ContextValues = Readonly<Record<string, string>>;

/** Adds `--context name=value`, which may come several times. */
export function addContext(command: Command): Command {
  return command.option('--context <name=value>', 'A context variable for the agent; may come several times.', collect);
}

function collect(text: string, before: ContextValues = {}): ContextValues {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write name=value, for example --context clientID=42.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

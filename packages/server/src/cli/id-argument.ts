import { Argument, InvalidArgumentError } from 'commander';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The argument `<id>`, checked here since a mistyped id is a mistake of the command and not of the server. */
export function idArgument(description: string): Argument {
  return new Argument('<id>', description).argParser(checkId);
}

export function checkId(text: string): string {
  if (!UUID.test(text)) throw new InvalidArgumentError(`Ids look like ${EXAMPLE_ID}.`);
  return text;
}

/** An id as it looks. */
export const EXAMPLE_ID = '0198c2de-5f7a-7b51-9d4c-0e6f1a2b3c4d';

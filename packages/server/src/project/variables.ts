/** A variable of the environment by its name; undefined when it is not set. */
export type Variable = (name: string) => string | undefined;

/** Is told what is wrong with a text and what to do. */
export type Refuse = (message: string, fix: string) => void;

/** Headers that belong to the connection or the body, not to whoever configures a request. */
const NOT_OURS = ['host', 'connection', 'content-length', 'content-type', 'transfer-encoding', 'accept'];

/** The text with its `${NAME}` filled in and without blanks around it; undefined, and `refuse` is told, when a variable is missing. */
export function fillVariables(text: string, variable: Variable, refuse: Refuse): string | undefined {
  let whole = true;
  const filled = text.replace(/\$\{([^}]*)\}?/g, (written, name: string) => {
    const isName = /^[A-Za-z_]\w*$/.test(name) && written.endsWith('}');
    const value = isName ? variable(name) : undefined;
    if (value) return value;
    whole = false;
    if (isName) refuse(`The environment has no variable ${name}.`, 'Set it before the server starts.');
    else refuse('`${` begins the name of a variable, and this is none.', `Write, for example, \`\${REMOTE_TOKEN}\`.`);
    return '';
  });
  return whole ? filled.trim() : undefined;
}

/** A value that must stand in the environment and not in the file. */
export function fillSecret(text: string, variable: Variable, refuse: Refuse): string | undefined {
  if (/^\s*\$\{[A-Za-z_]\w*\}\s*$/.test(text)) return fillVariables(text, variable, refuse);
  refuse(
    'A secret does not belong into a file.',
    `Put it into a variable of the environment and write \`\${ITS_NAME}\`.`,
  );
  return undefined;
}

/** The value of a header with its variables filled in; undefined, and `refuse` is told, when it cannot be sent. */
export function fillHeader(name: string, text: string, variable: Variable, refuse: Refuse): string | undefined {
  const value = fillVariables(text, variable, refuse);
  if (NOT_OURS.includes(name.toLowerCase())) refuse('This header is set by the server itself.', 'Remove it.');
  else if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    refuse('This is no name of an HTTP header.', 'Use letters, digits and dashes.');
  else if (value !== undefined && !/^[\t\x20-\x7e\x80-\xff]+$/.test(value))
    refuse('The value of this header is empty, or has characters that HTTP does not allow.', 'Correct it.');
  else return value;
  return undefined;
}

/** An address to which paths can be added, without a user and a password in it. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

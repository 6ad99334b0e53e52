/**
 * Everything that the doctor can find, with what it means. `docs/doctor.md` has the same rows, and a test compares the two. A `fail` keeps something from
 * working; a `warn` may be meant.
 */
export const FINDINGS = {
  node_old: ['fail', 'The Node that runs Clew is older than the one it needs.'],
  settings_wrong: ['fail', 'A setting of the file, the environment or the command line cannot be used.'],
  project_missing: ['fail', 'The folder is no project.'],
  agent_broken: ['fail', 'The file of an agent, tool or knowledge base has an error.'],
  agent_doubtful: ['warn', 'The file of an agent, tool or knowledge base has something that is probably not meant.'],
  agents_none: ['fail', 'There is no agent that anybody can talk to.'],
  database_unusable: ['fail', 'The database cannot be reached, opened or read.'],
  database_read_only: ['fail', 'The database can only be read.'],
  database_damaged: ['fail', 'The database file is damaged.'],
  database_newer: ['fail', 'A newer Clew has written the database.'],
  database_locked: ['fail', 'Another process has the database open, and it is not the server of this project.'],
  secret_exposed: ['fail', 'Others on the machine can read the secret that tokens are signed with.'],
  secret_damaged: ['fail', 'The file of the secret does not hold one.'],
  files_unwritable: ['fail', 'The folder of uploaded files, or the one of the database, cannot be written.'],
  bucket_unusable: ['fail', 'The bucket of uploaded files cannot be used.'],
  disk_full: ['fail', 'The disk of the database is almost full.'],
  disk_low: ['warn', 'The disk of the database will soon be full.'],
  port_taken: ['fail', 'Another program has the port.'],
  server_sick: ['fail', 'The server answers that it cannot work.'],
  server_other: ['warn', 'The server that runs has another version than this program.'],
  clock_off: ['fail', 'Two clocks differ by more than tokens and leases allow for.'],
  channel_open_to_all: ['fail', 'An open channel can be reached from other machines.'],
  channel_not_set_up: ['fail', 'A channel for signed users has no key to check them with.'],
  channel_without_origins: ['warn', 'No page may use a channel that is for pages.'],
  channel_paused: ['warn', 'A channel is paused: nobody but operators can say anything there.'],
  model_unusable: ['fail', 'An agent has a model that cannot be used.'],
  model_unreachable: ['fail', 'The provider of a model does not answer.'],
  model_refused: ['fail', 'The provider of a model does not take the key.'],
  knowledge_not_indexed: ['warn', 'Documents of a knowledge base are not in the index yet.'],

  page_unreachable: ['fail', 'The page cannot be reached.'],
  page_certificate: ['fail', 'The certificate of the page is not valid.'],
  page_refused: ['fail', 'The page answers with an error.'],
  page_not_html: ['fail', 'The address leads to something that is no page.'],
  snippet_missing: ['fail', 'The page has no script of the chat.'],
  snippet_malformed: ['fail', 'The configuration cannot be read: a browser would not run it.'],
  snippet_no_loader: ['fail', 'Nothing loads the script of the chat.'],
  snippet_no_init: ['fail', 'Nothing calls `wxoLoader.init()`.'],
  key_missing: ['fail', 'A mandatory key of the configuration is missing.'],
  key_wrong: ['warn', 'A key of the configuration is unknown or has a value of the wrong kind.'],
  host_invalid: ['fail', '`hostURL` is no address.'],
  host_local: ['fail', '`hostURL` means the machine of the reader, and the page is not on it.'],
  host_unreachable: ['fail', 'The server of the chat cannot be reached.'],
  host_certificate: ['fail', 'The certificate of the server is not valid.'],
  mixed_content: ['fail', 'A page with `https:` may not load a chat with `http:`.'],
  loader_missing: ['fail', 'The script of the chat is not at its address.'],
  loader_not_script: ['fail', 'Something that is no script is at the address of the script.'],
  origin_refused: ['fail', 'The channel does not list the origin of the page.'],
  cors_missing: ['fail', 'Answers lack the header that lets the page read them.'],
  cors_double: ['fail', 'Answers have the header that lets the page read them twice.'],
  preflight_refused: ['fail', 'The question that a browser asks before a request is not answered as it must be.'],
  csp_script: ['fail', 'The content security policy refuses the script of the chat.'],
  csp_connect: ['fail', 'The content security policy refuses requests to the server.'],
  csp_inline: ['fail', 'The content security policy refuses the script in the page that sets the chat up.'],
  csp_trusted_types: ['fail', 'The page requires Trusted Types and refuses how the chat is loaded.'],
  csp_violation: ['warn', 'The browser refused something else by the content security policy.'],
  sandboxed: ['fail', 'The page or its frame is sandboxed, so that it may not run scripts or has no origin.'],
  in_frame: ['warn', 'The chat may be in a frame of the page, which is to be checked by itself.'],
  security_not_set_up: ['fail', 'The channel is for signed users and has no key to check them with.'],
  proof_needs_https: ['fail', 'Visitors show a proof of work, which cannot be computed on a page without https.'],
  token_missing: ['fail', 'The channel wants a signed token and the page has none.'],
  token_malformed: ['fail', 'The token is no JSON Web Token.'],
  token_algorithm: ['fail', 'The token is signed in a way that is not accepted.'],
  token_expired: ['fail', 'The token has expired.'],
  token_early: ['fail', 'The token is not valid yet.'],
  token_endless: ['fail', 'The token has no end.'],
  token_refused: ['fail', 'The server does not accept the signature or the claims of the token.'],
  token_unknown: ['warn', 'The page works its token out by itself, so that it could not be checked.'],
  agent_unknown: ['fail', 'The server has no such agent, or the channel does not offer it.'],
  server_error: ['fail', 'The server answers with an error.'],
  clock_skew: ['warn', 'The clock of the server and that of this machine differ.'],
  stream_missing: ['warn', 'The server does not have the stream that is measured.'],
  stream_buffered: ['fail', 'Something between page and server holds answers back until they are complete.'],
  stream_cut: ['fail', 'Something between page and server cuts answers before their end.'],
  idle_cut: ['fail', 'Something between page and server cuts connections on which nothing is said for a while.'],
  http_one: [
    'warn',
    'The server is reached over HTTP/1.1, where a browser has six connections to it for all its tabs.',
  ],
  browser_missing: ['warn', 'There is no browser here that could open the page.'],
  browser_failed: ['warn', 'The browser could not be used.'],
  chat_failed: ['fail', 'The chat is on the page and cannot be used.'],
  chat_missing: ['fail', 'The page was opened and no chat appeared.'],
  console_error: ['warn', 'The console of the page has an error that may have to do with the chat.'],
} as const satisfies Readonly<Record<string, readonly ['warn' | 'fail', string]>>;

export type FindingCode = keyof typeof FINDINGS;

/** One line of what the doctor says. */
export interface Line {
  readonly status: 'ok' | 'warn' | 'fail';
  /** Null when all is well. */
  readonly code: FindingCode | null;
  /** What it is, in a sentence. */
  readonly what: string;
  /** What to do about it; null when there is nothing to do. */
  readonly fix: string | null;
  /** The very text to put somewhere: a header, a piece of a configuration, a command. Null when a sentence says it all. */
  readonly change: string | null;
}

/** Something is as it should be. */
export function fine(what: string): Line {
  return { status: 'ok', code: null, what, fix: null, change: null };
}

/** Something is not. */
export function found(code: FindingCode, what: string, fix: string, change: string | null = null): Line {
  return { status: FINDINGS[code][0], code, what, fix, change };
}

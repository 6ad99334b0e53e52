/** How a command ends, as its process exit code. `docs/cli.md` and `clew help exit-codes` show the same rows. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  unusable: 4,
  portTaken: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One row for each code: what it means. */
export const EXIT_MEANINGS: ReadonlyMap<ExitCode, string> = new Map<ExitCode, string>([
  [EXIT.ok, 'It worked.'],
  [EXIT.failed, 'The run or the check failed, or the server refused the request.'],
  [EXIT.usage, 'The command was written wrongly.'],
  [EXIT.unreachable, 'No server answers at the address.'],
  [EXIT.unusable, 'A file, a setting or the database cannot be used.'],
  [EXIT.portTaken, 'The port is taken by another program.'],
  [EXIT.interrupted, 'Somebody pressed Ctrl-C.'],
]);

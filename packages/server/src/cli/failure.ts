import { AcpError } from '@clew/wire/acp-client';
import { ApiError } from '@clew/wire/client';
import { ConfigError } from '../config/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Ends a command with one clear sentence, or a few lines, and an exit code. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The exit code and the words for anything that a command threw. Never a stack. */
export function explain(error: unknown): { readonly exitCode: ExitCode; readonly message: string } {
  if (error instanceof Failure) return error;
  if (error instanceof ConfigError) {
    const { length } = error.mistakes;
    const head = length === 1 ? 'A setting cannot be used.' : `${length} settings cannot be used.`;
    return { exitCode: EXIT.unusable, message: `${head}\n${error.message.replace(/^/gm, '  ')}` };
  }
  if (error instanceof ApiError || error instanceof AcpError) {
    return {
      exitCode: error.code === 'unreachable' || error.code === 'stream_lost' ? EXIT.unreachable : EXIT.failed,
      message: error.message,
    };
  }
  const { name, code, message, path } = (error ?? {}) as {
    name?: string;
    code?: string;
    message?: string;
    path?: string;
  };
  // The server's own errors are told by name: their classes live in rooms that the command line does not enter.
  if (name === 'ListenError')
    return { exitCode: code === 'port_taken' ? EXIT.portTaken : EXIT.unusable, message: `${message}` };
  if (name === 'ClewError')
    return { exitCode: code?.startsWith('database_') ? EXIT.unusable : EXIT.failed, message: `${message}` };
  const cause = SYSTEM[code ?? ''];
  if (cause) return { exitCode: EXIT.unusable, message: `${path ?? 'A file'} ${cause}` };
  return { exitCode: EXIT.failed, message: `Something broke: ${message ?? error}. Set CLEW_DEBUG=1 to see where.` };
}

/** Errors of the file system that a person can do something about. */
const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: 'may not be read or written by you. Change its permissions or choose another place.',
  EPERM: 'may not be changed by you. Change its permissions or choose another place.',
  EROFS: 'is on a disk that cannot be written. Choose another place.',
  ENOSPC: 'cannot be written: the disk is full.',
  ENOENT: 'does not exist.',
  ENOTDIR: 'is a file where a folder is needed.',
  EISDIR: 'is a folder where a file is needed.',
};

import { readEnvironment } from '../config/index.ts';
import { EXIT } from './exit-codes.ts';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

// A reader that has enough (`clew runs list | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), processIo(readEnvironment()));
// Whoever interrupts does not wait for what is still open.
if (process.exitCode === EXIT.interrupted) process.exit();

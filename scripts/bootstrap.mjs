/**
 * What every npm script of the checkout goes through: installs what is missing, then runs one task on the pinned Node.
 * It and the files it imports run on the machine's own Node (18 or newer) before anything is installed, so they are plain
 * JavaScript without dependencies.
 */
import { ensureInstalled } from './install.mjs';
import { Stop, say } from './process.mjs';
import { TASKS } from './tasks.mjs';

const [name, ...args] = process.argv.slice(2);
const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : undefined;

if (!task) {
  say(`Usage: node scripts/bootstrap.mjs <task> [options]. The tasks are: ${Object.keys(TASKS).join(', ')}.`);
  process.exitCode = 2;
} else {
  try {
    await ensureInstalled();
    process.exitCode = await task(args);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}

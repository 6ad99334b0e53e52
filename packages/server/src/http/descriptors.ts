import { readFileSync } from 'node:fs';

/** Kept for files, databases and what the server asks others for. */
const RESERVE = 64;

/**
 * So many connections may there be, that files can still be opened: those wanted, but no more than the limit of open files (`ulimit -n`) leaves. Only Linux says
 * what it is without a child process; elsewhere what was wanted stands.
 */
export function connectionsWithin(wanted: number, limit: number = openFilesLimit()): number {
  if (!Number.isFinite(limit)) return wanted;
  return Math.min(wanted, Math.max(1, limit - Math.max(RESERVE, Math.ceil(limit / 10))));
}

function openFilesLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

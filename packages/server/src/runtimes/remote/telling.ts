import { AcpError } from '@clew/wire/acp-client';
import type { Turn } from '../../ports/index.ts';
import { failureOf, type Remote, sentence } from './failures.ts';
import type { Begun, Line } from './line.ts';

/** Why a remote agent could not be worked with, for whoever runs this server. */
export interface Trouble {
  readonly runId: string;
  readonly agent: string;
  readonly code: string;
  readonly status?: number;
  readonly message: string;
}

export interface TellingOptions {
  readonly turn: Turn;
  readonly remote: Remote;
  /** Of the run here. What fails after it was aborted is told to nobody. */
  readonly signal: AbortSignal;
  readonly line: Pick<Line<Begun>, 'held' | 'giveUp'>;
  readonly onTrouble: ((trouble: Trouble) => void) | undefined;
}

/** What a call that failed is for whoever runs this server. */
export function troubleOf(
  { code, status, message }: AcpError,
  { turn, remote }: Pick<TellingOptions, 'turn' | 'remote'>,
): Trouble {
  return {
    runId: turn.run.id,
    agent: turn.agent.name,
    code,
    ...(status === undefined ? {} : { status }),
    message: sentence(message, remote),
  };
}

/** Gives what does work that calls the remote, or says in the words of this server why that failed. */
export function createTelling(options: TellingOptions): <T>(work: () => Promise<T>) => Promise<T> {
  const { remote, signal, line } = options;
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AcpError && !signal.aborted) {
        options.onTrouble?.(troubleOf(error, options));
        // The run here ends with it, and nobody waits for the one there any more.
        void line.giveUp();
      }
      throw failureOf(error, remote, { started: line.held !== undefined });
    }
  };
}

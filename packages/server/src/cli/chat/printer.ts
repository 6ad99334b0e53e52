import { type Io, print } from '../io.ts';
import type { AnswerMessage, Saying } from './answer.ts';
import { answerView } from './view.ts';

/** Shows one answer and nothing around it. */
export interface Printer {
  show(saying: Saying): void;
  /** Ends what is open. */
  done(): void;
}

/** `verbose`: steps, too, and in a pipe sources. */
export function answerPrinter(verbose: boolean, io: Io): Printer {
  return io.terminal.stdout ? personPrinter(verbose, io) : pipePrinter(verbose, io);
}

/** Shows an answer to a person, as it comes and with its layout. */
function personPrinter(verbose: boolean, io: Io): Printer {
  const view = answerView(io);
  return {
    show(saying) {
      const isStep = saying.kind === 'step' || saying.kind === 'step-failed';
      if (saying.kind !== 'ended' && (verbose || !isStep)) view.show(saying);
    },
    done: view.done,
  };
}

/**
 * Writes each message once it is whole, as it is stored: what was written to a pipe cannot be corrected. Steps and sources go to stderr.
 */
function pipePrinter(verbose: boolean, io: Io): Printer {
  const onError = { stdout: io.stderr, style: io.styleErr, terminal: { ...io.terminal, stdout: io.terminal.stderr } };
  const beside = answerView({ ...io, ...onError });
  let written = 0;
  return {
    show(saying) {
      if (saying.kind === 'message') print(io, `${written++ > 0 ? '\n' : ''}${plainText(saying.message)}`);
      if (!verbose || saying.kind === 'text' || saying.kind === 'revised' || saying.kind === 'ended') return;
      beside.show(
        saying.kind === 'message'
          ? { kind: 'message', message: { ...saying.message, choices: [], others: [] } }
          : saying,
      );
    },
    done: beside.done,
  };
}

function plainText({ texts, question, choices }: AnswerMessage): string {
  const asked =
    choices.length === 0
      ? []
      : [[question, ...choices.map(({ label }, index) => `${index + 1}. ${label}`)].join('\n').trim()];
  return [...texts, ...asked].join('\n\n');
}

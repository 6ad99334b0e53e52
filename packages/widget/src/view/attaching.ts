import type { UploadedFile } from '@clew/wire/client';
import type { AttachDeps } from '../attach/attachments.ts';
import type { Attachments } from '../attach/index.ts';
import type { State } from '../conversation/state.ts';
import type { Words } from '../locale/words.ts';

/** The files of the next message, for agents that read files. What that takes is fetched for the first of these. */
export interface Attaching {
  /** Undefined while it is not there, and where the agent reads no files. */
  of(state: State): Attachments | undefined;
  /** What goes with the message that is being sent. */
  take(): readonly UploadedFile[];
  setWords(words: Words): void;
  destroy(): void;
}

export function createAttaching({
  words,
  ...deps
}: Omit<AttachDeps, 'words'> & { readonly words: () => Words }): Attaching {
  let loading = false;
  let ended = false;
  let attachments: Attachments | undefined;

  const load = async (): Promise<void> => {
    try {
      const { createAttachments } = await import('../attach/index.ts');
      if (ended) return;
      attachments = createAttachments({ ...deps, words: words() });
      deps.changed();
    } catch (error) {
      loading = false;
      console.error('[Clew] A part of the chat could not be loaded.', error);
    }
  };

  return {
    of({ starters }) {
      const reads = starters?.chat_with_docs?.enabled === true;
      if (reads && !loading) {
        loading = true;
        void load();
      }
      return reads ? attachments : undefined;
    },
    take: () => attachments?.take() ?? [],
    setWords: (next) => attachments?.setWords(next),
    destroy() {
      ended = true;
      attachments?.destroy();
    },
  };
}

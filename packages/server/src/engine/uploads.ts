import { ClewError, type Scope } from '../model/index.ts';
import type { Clock, FullQuota, Quota, Store } from '../ports/index.ts';
import { type Circles, circlesOf, DAY, rate } from './circles.ts';

/** What one person, one address or all together may upload in a day. Null: there is no end to it. */
export interface UploadCeilings {
  readonly uploadsPerDay: number | null;
  readonly uploadBytesPerDay: number | null;
}

/** How much may be uploaded by a channel; `config` documents each. */
export interface UploadLimits extends Circles<UploadCeilings> {
  readonly threadFiles: number | null;
  readonly threadFileBytes: number | null;
}

export interface UploadOptions {
  readonly store: Pick<Store, 'takeQuotas' | 'returnQuotas'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Undefined: a channel without limits. */
  readonly limitsOf: (channel: string) => UploadLimits | undefined;
  readonly isPaused: (channel: string) => Promise<boolean>;
}

/** A number of files and their bytes. */
export interface FileSizes {
  readonly files: number;
  readonly bytes: number;
}

/** Lets files in, or refuses them. Scopes without a channel are let in always, and not counted. */
export interface Uploads {
  /**
   * Whether an upload of this many bytes (0: nobody knows) may come, before any of them is read. Nothing is counted. Throws `channel_paused`, `rate_limited`, and `too_large`
   * for what would not fit into an empty day.
   */
  ask(scope: Scope, announcedBytes: number): Promise<void>;
  /** Counts a file, and its bytes while they come, never more than there are left. Throws `rate_limited`; what was counted until then is given back. */
  count<T>(
    scope: Scope,
    bytes: AsyncIterable<Uint8Array>,
    store: (counted: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T>;
  /** Gives back what stored files took that nobody will ever use: their upload broke off. */
  giveBack(scope: Scope, sizes: FileSizes): Promise<void>;
  /** Counts files that are sent in a thread. Throws `too_many_files`; then nothing was counted. */
  admitSent(scope: Scope, threadId: string, sizes: FileSizes): Promise<void>;
  /** Takes `admitSent` back: the message was not taken. */
  takeBackSent(scope: Scope, threadId: string, sizes: FileSizes): Promise<void>;
  /** The thread was deleted, and its files with it. */
  forget(threadId: string): Promise<void>;
}

/** What all files of a thread of a visitor may be where the channel does not say. */
const VISITOR_FILES = 100;
const VISITOR_FILE_BYTES = 209_715_200;
/** A thread that got no file for this long is counted afresh, so that no count stays for ever. */
const THREAD_MS = 90 * 86_400_000;
/** Bytes are counted in pieces of this size, and what is left at the end: a call of the store for each. */
const PIECE = 1_048_576;
/** What stands around the files of a form. */
const FORM_BYTES = 4_096;
const PAUSE_AGAIN_SECONDS = 30;

export function createUploads({ store, clock, limitsOf, isPaused }: UploadOptions): Uploads {
  const limitsFor = ({ channel }: Scope) => (channel === undefined ? undefined : limitsOf(channel));

  async function take(quotas: readonly Quota[], refuse: (full: FullQuota, at: number) => ClewError): Promise<void> {
    if (quotas.length === 0) return;
    const at = clock.now();
    const full = await store.takeQuotas(quotas, at);
    if (full) throw refuse(full, at);
  }

  function daily(scope: Scope, limits: UploadLimits, { files, bytes }: FileSizes): Quota[] {
    const at = clock.now();
    return circlesOf(scope, limits).flatMap(({ name, ceilings: { uploadsPerDay, uploadBytesPerDay } }) => [
      ...(files === 0 ? [] : rate(`uploads ${name}`, { limit: uploadsPerDay, window: DAY, at, amount: files })),
      ...rate(`upload-bytes ${name}`, { limit: uploadBytesPerDay, window: DAY, at, amount: bytes }),
    ]);
  }

  function inThread(scope: Scope, threadId: string, { files, bytes }: FileSizes): Quota[] {
    const limits = limitsFor(scope);
    if (!limits || files === 0) return [];
    const isVisitor = scope.audience === 'visitor';
    const most = limits.threadFiles ?? (isVisitor ? VISITOR_FILES : null);
    const mostBytes = limits.threadFileBytes ?? (isVisitor ? VISITOR_FILE_BYTES : null);
    const until = clock.now() + THREAD_MS;
    const total = (what: string, limit: number | null, amount: number): Quota[] =>
      limit === null ? [] : [{ key: `${what} ${threadId}`, slot: slotOf(threadId), amount, limit, until }];
    return [...total('thread-files', most, files), ...total('thread-file-bytes', mostBytes, bytes)];
  }

  async function giveBack(scope: Scope, sizes: FileSizes): Promise<void> {
    const limits = limitsFor(scope);
    if (!limits) return;
    const quotas = daily(scope, limits, { files: -sizes.files, bytes: -sizes.bytes });
    if (quotas.length > 0) await store.takeQuotas(quotas.map(unlimited), clock.now());
  }

  return {
    giveBack,
    async ask(scope, announcedBytes) {
      const { channel } = scope;
      if (channel === undefined) return;
      if (await isPaused(channel))
        throw new ClewError('channel_paused', undefined, { retryAfterSeconds: PAUSE_AGAIN_SECONDS });
      const limits = limitsOf(channel);
      if (!limits) return;
      const bytes = Math.max(0, announcedBytes - FORM_BYTES);
      const least = Math.min(...circlesOf(scope, limits).map(({ ceilings }) => ceilings.uploadBytesPerDay ?? bytes));
      if (bytes > least)
        throw new ClewError('too_large', `This channel takes no more than ${shown(least)} bytes of files a day.`);
      const quotas = daily(scope, limits, { files: 1, bytes }).map(fitting);
      await take(
        quotas.map((quota) => ({ ...quota, amount: 0 })),
        refusal,
      );
    },

    async count(scope, bytes, keep) {
      const limits = limitsFor(scope);
      if (!limits) return keep(bytes);
      const counted = { files: 0, bytes: 0 };
      const more = async (sizes: FileSizes): Promise<void> => {
        await take(daily(scope, limits, sizes).map(fitting), refusal);
        counted.files += sizes.files;
        counted.bytes += sizes.bytes;
      };
      async function* metered(): AsyncGenerator<Uint8Array> {
        let open = 0;
        for await (const piece of bytes) {
          open += piece.byteLength;
          if (open >= PIECE) {
            await more({ files: 0, bytes: open });
            open = 0;
          }
          yield piece;
        }
        if (open > 0) await more({ files: 0, bytes: open });
      }
      try {
        await more({ files: 1, bytes: 0 });
        return await keep(metered());
      } catch (error) {
        await giveBack(scope, counted);
        throw error;
      }
    },

    async admitSent(scope, threadId, sizes) {
      await take(inThread(scope, threadId, sizes).map(fitting), tooMany);
    },

    async takeBackSent(scope, threadId, { files, bytes }) {
      const quotas = inThread(scope, threadId, { files: -files, bytes: -bytes });
      if (quotas.length > 0) await store.takeQuotas(quotas.map(unlimited), clock.now());
    },

    forget: (threadId) => store.returnQuotas(slotOf(threadId)),
  };
}

function slotOf(threadId: string): string {
  return `files of ${threadId}`;
}

/** Refused when the whole amount does not fit: a quota alone is refused only when there is nothing left. */
function fitting(quota: Quota): Quota {
  const { limit, amount } = quota;
  return limit === null ? quota : { ...quota, limit: limit - Math.max(1, amount) + 1 };
}

function unlimited(quota: Quota): Quota {
  return { ...quota, limit: null };
}

function refusal({ freeAt }: FullQuota, at: number): ClewError {
  const retryAfterSeconds = freeAt === null ? DAY.partMs / 1_000 : Math.max(1, Math.ceil((freeAt - at) / 1_000));
  return new ClewError(
    'rate_limited',
    'Too many files were uploaded for now. Try again after the time in `Retry-After`.',
    { retryAfterSeconds },
  );
}

function tooMany(): ClewError {
  return new ClewError('too_many_files');
}

function shown(value: number): string {
  return value.toLocaleString('en-US');
}

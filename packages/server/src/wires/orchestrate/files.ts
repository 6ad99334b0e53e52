import type { Scope } from '../../model/index.ts';

/** What this wire says of a file. */
export interface FileInfo {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** Takes files in and gives them out. */
export interface FileDesk {
  /** Most files of one upload. */
  readonly mostFiles: number;
  /** Whether an upload may come whose body has so many bytes (0: nobody knows). Rejects with `rate_limited`, `too_large` and `channel_paused`. */
  ask(scope: Scope, bytes: number): Promise<void>;
  /** Stores a file as it comes; `url` is its address. Rejects with `too_large`, `file_type_refused` and `rate_limited`. */
  receive(
    scope: Scope,
    file: { readonly name: string; readonly bytes: AsyncIterable<Uint8Array> },
  ): Promise<FileInfo & { readonly url: string }>;
  /** Takes back what was received for an upload that failed. */
  discard(scope: Scope, files: readonly FileInfo[]): Promise<void>;
  /** The file behind an address. Rejects with `file_link_invalid` and `file_not_found`. */
  find(id: string, query: URLSearchParams): Promise<FileInfo>;
  read(id: string, range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
}

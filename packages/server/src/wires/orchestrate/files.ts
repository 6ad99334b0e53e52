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
  /** Stores a file as it comes; `url` is its address. Rejects with `too_large` and `file_type_refused`. */
  receive(
    scope: Scope,
    file: { readonly name: string; readonly bytes: AsyncIterable<Uint8Array> },
  ): Promise<FileInfo & { readonly url: string }>;
  /** Takes back what was received for an upload that failed. */
  discard(scope: Scope, ids: readonly string[]): Promise<void>;
  /** The file behind an address. Rejects with `file_link_invalid` and `file_not_found`. */
  find(id: string, query: URLSearchParams): Promise<FileInfo>;
  read(id: string, range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
}

import type { Scope } from '../model/index.ts';

/** A file that somebody uploaded. */
export interface StoredFile {
  /** UUID. */
  readonly id: string;
  /** UUIDs of the tenant and of the person whose file it is. */
  readonly tenantId: string;
  readonly userId: string;
  /** As people read it: no folders, no control characters, at most 255 characters. Never a path. */
  readonly name: string;
  /** Told from the content; what the client claimed counts only among texts and office documents, whose content looks alike. */
  readonly contentType: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the content, hexadecimal. */
  readonly sha256: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly createdAt: number;
}

/** A file on its way in. */
export interface NewFile {
  /** UUID that nothing has yet. */
  readonly id: string;
  /** What the client calls it: any text. */
  readonly name: string;
  readonly at: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A part of a file: bytes from `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where uploaded files are. Ids are not secret and nothing here checks who asks: addresses of files are signed (`FileLinks`). */
export interface FileStore {
  /**
   * Stores the bytes as they come, without holding the file in memory; it is there as a whole or not at all. Rejects with `file_type_refused` as soon as
   * the first bytes tell, with `too_large` when there are more than a file of this type may have, and with whatever `bytes` throws.
   */
  put(scope: Pick<Scope, 'tenantId' | 'userId'>, file: NewFile): Promise<StoredFile>;
  /** Rejects with `file_not_found`. */
  find(id: string): Promise<StoredFile>;
  /** The content, or a part of it. Throws `file_not_found` when it is gone. */
  read(id: string, range?: ByteRange): AsyncIterable<Uint8Array>;
  /** Removes those of these files that belong to the person. Unknown ids are passed over. */
  remove(scope: Pick<Scope, 'tenantId' | 'userId'>, ids: readonly string[]): Promise<void>;
  /** All files, in no order, whole ones only. For erasure and retention: it may take as long as there are files. */
  list(): AsyncIterable<StoredFile>;
  close(): Promise<void>;
}

/** Addresses of files that are good for a while: whoever has one may read the file. */
export interface FileLinks {
  /** An address that is good from `at` on. */
  sign(id: string, at: number): string;
  /** Whether the query of an address allows to read the file at this moment: `file_link_invalid` is thrown when it does not. */
  check(id: string, query: URLSearchParams, at: number): void;
  /**
   * The id of the file behind an address that this installation signed and that was good at `at`, when the message with it was written; undefined for any
   * other address.
   */
  idOf(url: string, at: number): string | undefined;
}

/** Files of messages, for runtimes. */
export interface Attachments {
  /**
   * Stores a file that an agent shows to a person, as that person's, and gives its address. It is not counted as an upload. Rejects as `FileStore.put` does.
   */
  keep(
    owner: Pick<Scope, 'tenantId' | 'userId'>,
    file: { readonly name: string; readonly bytes: Uint8Array },
  ): Promise<{ readonly file: StoredFile; readonly url: string }>;
  /** The file behind an address in a message that was written at `at`; undefined for any other address, and for a file that is gone. */
  find(url: string, at: number): Promise<StoredFile | undefined>;
  /** The whole content. */
  read(file: StoredFile): Promise<Uint8Array>;
}

import type { z } from 'zod';
import type { Scope } from '../model/index.ts';

/** A part of a `multipart/form-data` body, a file when it has a `fileName`. Its bytes are there until the next part is asked for. */
export interface FormPart {
  readonly name: string;
  /** As the client sent it: any text. */
  readonly fileName: string | undefined;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A request as a wire sees it: identified, limited and parsed, with nothing of the transport left. */
export interface WireRequest {
  /** From the path template, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** A request header, case-insensitive. */
  header(name: string): string | undefined;
  /** The parsed body: JSON, or an object of strings for a form. Undefined when there was none. */
  readonly body: unknown;
  /** The parts of a form, as they come, for endpoints with `takes: 'form'`. */
  readonly form?: AsyncIterable<FormPart>;
  readonly scope: Scope;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
  /** Id of this request for logs and replies. */
  readonly requestId: string;
}

/** An answer that is known at once. */
export interface JsonReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Serialised by http; undefined: no body. */
  readonly body?: unknown;
}

/** An answer that comes bit by bit. */
export interface StreamReply {
  readonly status: 200;
  /** `content-type` included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Chunks of text, written as they are. An error in the middle cuts the connection: the wire ends its streams properly itself. */
  readonly stream: AsyncIterable<string>;
  /** Written after this long without a chunk, and again each time; absent: never. */
  readonly keepAlive?: { readonly everyMs: number; readonly text: string };
}

/** A page or another text. */
export interface TextReply {
  readonly status: number;
  /** `content-type` included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The content of a file, or a part of it. */
export interface FileReply {
  readonly status: 200 | 206;
  /** `content-type` and `content-length` included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export type Reply = JsonReply | StreamReply | FileReply | TextReply;

/** One operation of a wire, as data: http mounts it, `/docs` describes it, tests enumerate it. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Canonical path with `{name}` parameters, e.g. `/api/v1/threads/{thread_id}`. */
  readonly path: string;
  /** Other spellings of the path, with the same parameters or more. */
  readonly aliases: readonly string[];
  readonly summary: string;
  readonly tag: string;
  /** `public`: also answered without any identity (health, sign-in). */
  readonly access: 'public' | 'principal';
  /** What its body is. `form`: `multipart/form-data`, which is read as it comes and may be as large as uploads are. Default `json`. */
  readonly takes?: 'json' | 'form';
  /** For `/docs`; the handler validates with the same schemas. */
  readonly schemas: {
    readonly query?: z.ZodType;
    readonly body?: z.ZodType;
    readonly reply?: z.ZodType;
    readonly status?: number;
  };
  handle(request: WireRequest): Promise<Reply>;
}

/** A protocol: its endpoints and how it words an error. */
export interface Wire {
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
  /** The reply for anything thrown while one of its endpoints worked, or before one was found. Never throws. */
  error(error: unknown, requestId: string): JsonReply;
}

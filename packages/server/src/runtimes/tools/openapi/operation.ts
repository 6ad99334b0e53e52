import type { JsonObject } from '../../../model/index.ts';

/** Where a member of the input goes in the request. */
export interface Place {
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** Its name there; in a body absent for a member that is the whole body. */
  readonly name?: string;
}

/** What proves who calls. Its values may be secret. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

/** One operation of an HTTP service. */
export interface Operation {
  readonly method: string;
  /** With `{name}` for what the input fills in. */
  readonly path: string;
  /** Address of the service, without a slash at the end: nothing else is called. */
  readonly server: string;
  /** Of each member of the input, by its name. A member without one is not sent. */
  readonly places: Readonly<Record<string, Place>>;
  readonly credentials: Credentials;
  /** Status that means success besides 200 to 299; 0: none. */
  readonly successStatus: number;
  readonly inputSchema: JsonObject;
}

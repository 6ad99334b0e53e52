export type * from '../orchestrate/index.ts';
export { type CallOptions, type Client, type ClientOptions, createClient, type Page, type Say } from './client.ts';
export { ApiError, type Complaint } from './error.ts';
export { parseLine, readFrames } from './frames.ts';
export type { RetryOptions } from './retry.ts';
export type { TokenSource, TransportOptions } from './transport.ts';
export { newUuid } from './uuid.ts';

export type * from '../orchestrate/index.ts';
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type Page,
  type Say,
  type StreamOptions,
} from './client.ts';
export { ApiError, type Complaint } from './error.ts';
export { parseLine, readFrames } from './frames.ts';
export type { RetryOptions } from './retry.ts';
export { createTransport, type TokenSource, type TransportOptions } from './transport.ts';
export { newUuid } from './uuid.ts';

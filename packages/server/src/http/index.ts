export { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';
export { createHttp, type Http, type HttpConfig, type HttpOptions } from './http.ts';
export { isLoopback, ListenError } from './listen.ts';
export type { Log, Ticker } from './log.ts';
export type { Page, Pages } from './pages.ts';
export {
  createTokens,
  type Identify,
  type IssuedToken,
  type TokenOptions,
  type Tokens,
  userIdOf,
} from './principal.ts';

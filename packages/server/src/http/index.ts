export { type AddressOf, type AddressOptions, createAddressOf } from './address.ts';
export {
  type ApprovalClaims,
  type ApprovalLinkOptions,
  type ApprovalLinks,
  createApprovalLinks,
} from './approval-links.ts';
export { createGuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts';
export { type Posted, post } from './guarded-post.ts';
export { createHttp, type Http, type HttpConfig, type HttpOptions } from './http.ts';
export { createIdentity, type Identity, type IdentityOptions } from './identity/index.ts';
export { isLoopback } from './listen.ts';
export type { Log, Ticker } from './log.ts';
export { createOpenRequests, type OpenRequests, type RequestCeilings } from './open-requests.ts';
export type { Page, Pages } from './pages.ts';
export {
  createTokens,
  type Identify,
  type IssuedToken,
  signOperatorToken,
  type TokenOptions,
  type Tokens,
  userIdOf,
} from './principal.ts';
export { createReadiness, type Readiness } from './readiness.ts';

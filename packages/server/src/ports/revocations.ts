/** Things that were good once and are not any more before their time is over: tokens of people who signed out, proofs of work that were shown. */
export interface Revocations {
  /** Makes `key` worthless until `until`; false when it was so already. Of calls at the same moment one gives true. Both times are milliseconds since 1970. */
  revoke(key: string, until: number, at: number): Promise<boolean>;
  /** Whether the key is worthless at this moment. */
  isRevoked(key: string, at: number): Promise<boolean>;
}

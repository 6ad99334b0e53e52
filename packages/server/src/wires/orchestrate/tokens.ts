/** Gives out the tokens of a server on one's own machine. http implements it, and reads what it gave out. */
export interface TokenIssuer {
  /** A token for a person; the tenant is the installation's unless another is named. */
  issue(person: { readonly userName: string; readonly tenantId?: string }): Promise<{
    readonly token: string;
    readonly expiresInSeconds: number;
  }>;
}

/** A package of somebody else. `path` is relative to the checkout; `license` is an SPDX expression. */
export interface Entry {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly hasInstallScript: boolean;
}

/** What is `installed` with the server, and what is `bundled` in the files of the widget; each sorted by name. */
export interface ThirdParty {
  readonly installed: readonly Entry[];
  readonly bundled: readonly Entry[];
}

export function isAllowed(expression: string | undefined): boolean;
export function thirdParty(root: string): ThirdParty;
export function complaints(brought: ThirdParty): string[];
export function thirdPartyPage(root: string): string;
export function sbom(root: string): string;

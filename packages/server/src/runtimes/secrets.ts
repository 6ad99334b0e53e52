/** Shorter values are words that may stand in any text. */
const SHORTEST = 6;

/** What headers and parameters prove who calls with: their values, with and without the word for the kind of token. */
export function secretsIn(credentials: Readonly<Record<string, string>>): string[] {
  return Object.values(credentials)
    .flatMap((value) => [value, value.replace(/^\S+\s+/, '')])
    .filter((value) => value.length >= SHORTEST);
}

/** A text that somebody else wrote, who may repeat what it was sent: services do so in their errors. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
}

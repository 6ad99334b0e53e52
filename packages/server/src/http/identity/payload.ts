import { constants, createPrivateKey, generateKeyPair, hkdfSync, type KeyObject, privateDecrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { JsonObject } from '../../model/index.ts';
import type { ServerKey } from './state.ts';

/** 501 bytes fit into one block of PKCS#1 v1.5, a name and a token of a login. */
const RSA_BITS = 4_096;
/** Longest payload, encrypted. */
const LONGEST = 16_384;

const DIRECT = { alg: 'dir', enc: 'A256GCM' } as const;

/** Encrypts and opens what signers say of people for the server alone (`user_payload`). */
export interface Payloads {
  /** A new pair; the private half sealed under the secret of the installation. */
  makeServerKey(now: number): Promise<ServerKey>;
  /** Encrypts for this installation what came in the clear. */
  seal(payload: JsonObject): Promise<string>;
  /**
   * What was encrypted: by `seal`, as JWE (RSA-OAEP-256 or RSA-OAEP, AES-GCM), or as base64 of RSA PKCS#1 v1.5, which watsonx Orchestrate documents. Undefined
   * when it cannot be opened or is no JSON object; nothing tells which.
   */
  open(sealed: string, keys: readonly ServerKey[]): Promise<JsonObject | undefined>;
}

export function createPayloads(secret: Uint8Array): Payloads {
  const own = new Uint8Array(hkdfSync('sha256', secret, '', 'clew sealed values', 32));
  const opened = new WeakMap<ServerKey, Promise<KeyObject>>();
  const sealText = (text: string) =>
    new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(DIRECT).encrypt(own);
  const openText = async (sealed: string) =>
    new TextDecoder().decode(
      (
        await compactDecrypt(sealed, own, {
          keyManagementAlgorithms: [DIRECT.alg],
          contentEncryptionAlgorithms: [DIRECT.enc],
        })
      ).plaintext,
    );
  const privateKeyOf = (key: ServerKey): Promise<KeyObject> => {
    let known = opened.get(key);
    if (!known) {
      known = openText(key.sealedPrivateKey).then((pem) => createPrivateKey(pem));
      opened.set(key, known);
    }
    return known;
  };

  return {
    async makeServerKey(madeAt) {
      const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
        modulusLength: RSA_BITS,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      });
      return { publicKey, sealedPrivateKey: await sealText(privateKey), madeAt };
    },
    seal: (payload) => sealText(JSON.stringify(payload)),
    async open(sealed, keys) {
      if (sealed.length > LONGEST) return undefined;
      const isJwe = sealed.split('.').length === 5;
      const ways: (() => Promise<string>)[] = isJwe ? [() => openText(sealed)] : [];
      for (const key of keys)
        ways.push(async () => {
          const privateKey = await privateKeyOf(key);
          return isJwe ? openJwe(sealed, privateKey) : openPkcs1(sealed, privateKey);
        });
      for (const way of ways) {
        // Bad padding gives random bytes (implicit rejection, OpenSSL 3.2), so that neither an error nor its time tells of it.
        const found = await way().then(parse, () => undefined);
        if (found) return found;
      }
      return undefined;
    },
  };
}

async function openJwe(sealed: string, key: KeyObject): Promise<string> {
  const { plaintext } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: ['RSA-OAEP-256', 'RSA-OAEP'],
    contentEncryptionAlgorithms: ['A256GCM', 'A128GCM'],
  });
  return new TextDecoder().decode(plaintext);
}

function openPkcs1(sealed: string, key: KeyObject): string {
  return privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(sealed, 'base64')).toString('utf8');
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { ClewError } from '../../model/index.ts';
import type { S3Access } from './s3-access.ts';
import { readRefusal } from './s3-errors.ts';

/** One request for one object, or for the bucket. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** Empty: the bucket itself. */
  readonly key: string;
  /** Parameters of the address, not encoded yet. Default none. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Opened for each try. */
  readonly body?: () => Promise<Blob>;
  /** SHA-256 of the body, hexadecimal, which the store compares; default: worked out from it, so it had better be small. */
  readonly sha256?: string;
}

export interface S3Client {
  /**
   * Answers with status 2xx; its body comes as it is read. Rejects with `file_not_found`, `file_store_unusable` (a setting is wrong) and `file_store_unavailable`
   * (tried three times).
   */
  send(request: S3Request): Promise<Response>;
}

const EMPTY = createHash('sha256').digest('hex');
/** Until the head of the answer is there: a body may take as long as its reader wants. */
const ANSWER_MS = 30_000;
/** An upload takes its time before there is an answer: so much more for each MiB, 64 KiB a second. */
const UPLOAD_MS_PER_MIB = 16_000;

/** Requests to one bucket, signed with AWS Signature 4. Redirects are not followed: the signature holds for one host. */
export function createS3Client(access: S3Access): S3Client {
  const { pauses = [200, 1_000] } = access;
  const base = addressOf(access);

  async function once({ method, key, query = {}, headers = {}, body, sha256 }: S3Request): Promise<Response> {
    const blob = await body?.();
    const hash = sha256 ?? (blob ? await hashOf(blob) : EMPTY);
    const signer = new AwsV4Signer({
      method,
      url: withQuery(`${base}/${key.split('/').map(encodeURIComponent).join('/')}`, query),
      headers: { ...headers, 'x-amz-content-sha256': hash },
      service: 's3',
      region: access.region,
      accessKeyId: access.accessKeyId,
      secretAccessKey: access.secretAccessKey,
      ...(access.sessionToken === undefined ? {} : { sessionToken: access.sessionToken }),
    });
    const signed = await signer.sign();
    const late = new AbortController();
    const allowed = ANSWER_MS + ((blob?.size ?? 0) / 1_048_576) * UPLOAD_MS_PER_MIB;
    const timer = setTimeout(() => late.abort(new Error('no answer in time')), allowed);
    try {
      return await fetch(signed.url, {
        method,
        headers: signed.headers,
        redirect: 'manual',
        signal: late.signal,
        ...(blob ? { body: blob } : {}),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer, or why there is none. */
  async function attempt(request: S3Request): Promise<Response | ClewError> {
    try {
      const response = await once(request);
      return response.ok ? response : await readRefusal(response, access);
    } catch (cause) {
      return new ClewError('file_store_unavailable', undefined, { cause, retryAfterSeconds: 5 });
    }
  }

  return {
    async send(request) {
      for (let tried = 0; ; tried += 1) {
        const result = await attempt(request);
        if (!(result instanceof ClewError)) return result;
        const pause = pauses[tried];
        if (result.code !== 'file_store_unavailable' || pause === undefined) throw result;
        await wait(pause * (0.5 + Math.random()));
      }
    },
  };
}

function addressOf({ endpoint, region, bucket, addressing }: S3Access): string {
  const service = endpoint ?? `https://s3.${region}.amazonaws.com`;
  if (addressing === 'path') return `${service}/${encodeURIComponent(bucket)}`;
  return service.replace('://', `://${bucket}.`);
}

function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  const members = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return members.length > 0 ? `${url}?${members.join('&')}` : url;
}

async function hashOf(blob: Blob): Promise<string> {
  return createHash('sha256')
    .update(Buffer.from(await blob.arrayBuffer()))
    .digest('hex');
}

import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Who may use the store, and what there is of it. */
export const S3_KEYS = { accessKeyId: 'AKIATEST', secretAccessKey: 'not-a-real-secret' } as const;
export const S3_BUCKET = 'uploads';
export const S3_REGION = 'eu-test-1';

interface StoredObject {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A server that speaks as much of S3 as a store of files needs, path-style, and checks signatures on its own. */
export interface S3Server {
  /** Address without a slash at the end. */
  readonly endpoint: string;
  readonly objects: ReadonlyMap<string, StoredObject>;
  /** Method and key of each request that was answered, in order. */
  readonly requests: readonly string[];
  /** The next requests are answered so, one after the other, instead of what they ask for. `cut` closes the connection. */
  fail(...answers: (number | 'cut')[]): void;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, with the empty bucket `S3_BUCKET`. */
export async function startS3Server(): Promise<S3Server> {
  const objects = new Map<string, StoredObject>();
  const requests: string[] = [];
  const failures: (number | 'cut')[] = [];

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const failure = failures.shift();
    const [, bucket = '', key = ''] = /^\/([^/?]*)\/?([^?]*)/.exec(incoming.url ?? '') ?? [];
    requests.push(`${incoming.method} ${key}`);
    const fault = signatureFault(incoming, body);
    if (failure === 'cut') outgoing.destroy();
    else if (failure !== undefined) refuse(outgoing, failure, failure === 503 ? 'SlowDown' : 'InternalError');
    else if (fault) refuse(outgoing, ...fault);
    else if (bucket !== S3_BUCKET) refuse(outgoing, 404, 'NoSuchBucket');
    else answer(incoming, outgoing, { key: decodeURIComponent(key), body, objects });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    fail: (...answers) => {
      failures.push(...answers);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(
  { method, url, headers }: IncomingMessage,
  outgoing: ServerResponse,
  { key, body, objects }: { key: string; body: Buffer; objects: Map<string, StoredObject> },
): ServerResponse {
  if (key === '' && method === 'GET') return list(url ?? '', outgoing, [...objects.keys()]);
  if (method === 'PUT') {
    if (headers['content-length'] === undefined) return refuse(outgoing, 411, 'MissingContentLength');
    const kept = Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz-meta-'));
    const size = kept.reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
    if (size > 2_048) return refuse(outgoing, 400, 'MetadataTooLarge');
    objects.set(key, { bytes: body, headers: Object.fromEntries(kept) as Record<string, string> });
    return outgoing.writeHead(200).end();
  }
  if (method === 'DELETE') {
    objects.delete(key);
    return outgoing.writeHead(204).end();
  }
  const found = objects.get(key);
  if (!found) return refuse(outgoing, 404, 'NoSuchKey', method === 'HEAD');
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const bytes = from === undefined ? found.bytes : found.bytes.subarray(Number(from), Number(to) + 1);
  outgoing.writeHead(from === undefined ? 200 : 206, { ...found.headers, 'content-length': bytes.length });
  return outgoing.end(method === 'HEAD' ? undefined : bytes);
}

/** ListObjectsV2, two keys a page, so that there are pages. */
function list(url: string, outgoing: ServerResponse, keys: string[]): ServerResponse {
  const query = new URL(url, 'http://s3').searchParams;
  const all = keys.filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
  const after = query.get('continuation-token')?.replace(/^after&/, '') ?? '';
  const rest = all.filter((key) => key > after);
  const shown = rest.slice(0, 2);
  const more = rest.length > shown.length;
  const token = `<NextContinuationToken>after&amp;${shown.at(-1)}</NextContinuationToken>`;
  outgoing.writeHead(200, { 'content-type': 'application/xml' });
  return outgoing.end(
    `<ListBucketResult>${shown.map((key) => `<Contents><Key>${key.replaceAll('&', '&amp;')}</Key></Contents>`).join('')}${more ? token : ''}</ListBucketResult>`,
  );
}

/** AWS Signature 4 as its specification says it, apart from the library that signs. */
function signatureFault({ method, url, headers }: IncomingMessage, body: Buffer): [number, string] | undefined {
  const written = headers.authorization ?? '';
  const [, id, day, region, names, given] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([\da-f]{64})$/.exec(
      written,
    ) ?? [];
  if (!id || !day || !region || !names || !given) return [403, 'AccessDenied'];
  if (id !== S3_KEYS.accessKeyId) return [403, 'InvalidAccessKeyId'];
  if (region !== S3_REGION) return [400, 'AuthorizationHeaderMalformed'];
  const hash = String(headers['x-amz-content-sha256']);
  if (hash !== sha256(body)) return [400, 'XAmzContentSHA256Mismatch'];
  const signed = names.split(';');
  const all = Object.keys(headers).filter((name) => name.startsWith('x-amz-') || name === 'host');
  if (all.some((name) => !signed.includes(name))) return [403, 'AccessDenied'];
  const [path = '', query = ''] = (url ?? '').split('?');
  const canonical = [
    method,
    path,
    canonicalQuery(query),
    ...signed.map((name) => `${name}:${String(headers[name]).trim().replace(/\s+/g, ' ')}`),
    '',
    names,
    hash,
  ].join('\n');
  const moment = String(headers['x-amz-date']);
  const toSign = ['AWS4-HMAC-SHA256', moment, `${day}/${region}/s3/aws4_request`, sha256(canonical)].join('\n');
  const key = ['aws4_request', 's3', region, day].reduceRight<Buffer>(
    (before, text) => hmac(before, text),
    Buffer.from(`AWS4${S3_KEYS.secretAccessKey}`),
  );
  return hmac(key, toSign).toString('hex') === given ? undefined : [403, 'SignatureDoesNotMatch'];
}

function canonicalQuery(query: string): string {
  const plain = (text: string) =>
    encodeURIComponent(decodeURIComponent(text)).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const pairs = query.split('&').filter(Boolean);
  return pairs
    .map((pair) => pair.split('=').map(plain).join('='))
    .sort()
    .join('&');
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function refuse(outgoing: ServerResponse, status: number, code: string, bodiless = false): ServerResponse {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>refused</Message></Error>`;
  return outgoing.writeHead(status, { 'content-type': 'application/xml' }).end(bodiless ? undefined : xml);
}

import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openS3, type S3Options } from '../../packages/server/src/storage/files/index.ts';
import { S3_BUCKET, S3_KEYS, S3_REGION, type S3Server, startS3Server } from '../kit/s3-server.ts';
import { anna, fileSuite } from './files.suite.ts';

const rules = {
  bytes: 10_000,
  spreadsheetBytes: 1_000,
  types: ['image/*', 'text/*', 'application/pdf', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
};

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.close());

function open(change: Partial<S3Options> = {}) {
  const files = openS3({
    ...{ endpoint: s3.endpoint, bucket: S3_BUCKET, region: S3_REGION, addressing: 'path', prefix: 'clew/ü files/' },
    ...{ ...S3_KEYS, rules, pauses: [0, 0], ...change },
  } as S3Options);
  opened.push(files);
  return files;
}

const opened: ReturnType<typeof openS3>[] = [];
afterEach(() => Promise.all(opened.splice(0).map((files) => files.close())));

fileSuite({ name: 'S3', open: async () => open() });

async function* once(text: string) {
  yield Buffer.from(text);
}
const put = (files: ReturnType<typeof open>, text: string, id: string = randomUUID(), name = 'a.txt') =>
  files.put(anna, { id, name, at: 1, bytes: once(text) });

test('a file is one object under the prefix, with its type, and what is refused never gets there', async () => {
  const files = open();
  const { id } = await put(files, 'hello', undefined, `${'日'.repeat(300)}.txt`);
  const object = s3.objects.get(`clew/ü files/${id}`);
  expect(object?.bytes.toString()).toBe('hello');
  expect(object?.headers['content-type']).toBe('text/plain');
  expect((await files.find(id)).name).toMatch(/^日{251}\.txt$/);
  const before = s3.requests.length;
  await expect(put(files, 'x'.repeat(10_001))).rejects.toMatchObject({ code: 'too_large' });
  await expect(put(files, 'PK\x03\x04')).rejects.toMatchObject({ code: 'file_type_refused' });
  expect(s3.requests.length).toBe(before);
});

test('lists its files over all pages, and nothing else that lies in the bucket', async () => {
  const files = open({ prefix: 'many & more/' });
  await files.check();
  const all = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => put(files, text)));
  const listed: string[] = [];
  for await (const { id } of files.list()) listed.push(id);
  expect(listed.sort()).toEqual(all.map(({ id }) => id).sort());
});

test('an object that somebody else put under a key is no file', async () => {
  const files = open();
  const { id } = await put(files, 'hello');
  const key = `clew/ü files/${id}`;
  (s3.objects as Map<string, object>).set(key, { bytes: Buffer.from('x'), headers: {} });
  await expect(files.find(id)).rejects.toMatchObject({ code: 'file_not_found' });
});

test.each([
  ['busy', 503],
  ['broken', 500],
  ['cut off', 'cut'],
] as const)('a store that is %s is asked again, with the same content', async (_, failure) => {
  const files = open();
  const text = 'again '.repeat(1_000);
  s3.fail(failure, failure);
  const { id, sha256 } = await put(files, text);
  expect(sha256).toBe(createHash('sha256').update(text).digest('hex'));
  s3.fail(failure);
  expect((await files.find(id)).size).toBe(text.length);
});

test('a store that stays away is unavailable, and says when to try again', async () => {
  const files = open();
  const { id } = await put(files, 'hello');
  s3.fail(503, 503, 503);
  const refusal = { code: 'file_store_unavailable', retryAfterSeconds: 5 };
  await expect(files.find(id)).rejects.toMatchObject(refusal);
  s3.fail(500, 'cut', 503);
  await expect(files.remove(anna, [id])).rejects.toMatchObject(refusal);
  await expect(open({ endpoint: 'http://127.0.0.1:9' }).check()).rejects.toMatchObject(refusal);
});

test.each<[string, Partial<S3Options>, RegExp]>([
  ['a key it does not know', { accessKeyId: 'AKIAOTHER' }, /does not know the key in AWS_ACCESS_KEY_ID/],
  ['another secret', { secretAccessKey: 'wrong' }, /AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID/],
  ['no such bucket', { bucket: 'other' }, /there is no bucket `other`/],
  ['another region', { region: 'us-east-1' }, /not in `us-east-1`; correct `files.region`/],
])('at the start it is said what is wrong: %s', async (_, change, message) => {
  const error = await open(change)
    .check()
    .catch((thrown: unknown) => thrown as Error);
  expect(error).toMatchObject({ code: 'file_store_unusable', message: expect.stringMatching(message) });
  expect((error as Error).message).not.toContain('AKIAOTHER');
});

test('a store that is set up right takes the probe', async () => {
  await open().check();
  expect(s3.objects.has('clew/ü files/clew-start')).toBe(true);
});

import { ClewError } from '../../model/index.ts';
import type { S3Access } from './s3-access.ts';

const LONGEST_BODY = 16_384;
const SIGNATURE = 'the secret key in AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID';

/** What is to be set right, by the code of the store. */
const FAULTS: Readonly<Record<string, (access: S3Access) => string>> = {
  InvalidAccessKeyId: () => 'the store does not know the key in AWS_ACCESS_KEY_ID',
  SignatureDoesNotMatch: () => SIGNATURE,
  InvalidToken: () => 'the token in AWS_SESSION_TOKEN is not valid',
  ExpiredToken: () => 'the token in AWS_SESSION_TOKEN has expired',
  NoSuchBucket: ({ bucket }) => `there is no bucket \`${bucket}\`; make it, or correct \`files.bucket\``,
  InvalidBucketName: ({ bucket }) => `\`${bucket}\` cannot be the name of a bucket; correct \`files.bucket\``,
  RequestTimeTooSkewed: () => 'the clock of this machine is wrong by many minutes; set it',
  AuthorizationHeaderMalformed: ({ region }) => `the bucket is not in \`${region}\`; correct \`files.region\``,
  AccessDenied: ({ bucket }) =>
    `the key may not do this in \`${bucket}\`; it needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket`,
};

/** What an answer that is no success means. Its body is used up. Nothing of what the store says is passed on: it may repeat the key. */
export async function readRefusal(response: Response, access: S3Access): Promise<ClewError> {
  const { status, headers } = response;
  const code = /<Code>([\w.]{1,100})<\/Code>/.exec(await beginning(response))?.[1] ?? '';
  if (Object.hasOwn(FAULTS, code)) return unusable(FAULTS[code]!(access), { status, code });
  if (status >= 300 && status < 400) {
    const region = headers.get('x-amz-bucket-region');
    const where = region !== null && /^[\w-]+$/.test(region) ? `it is in \`${region}\`` : 'it is elsewhere';
    return unusable(`the bucket is not at this address: ${where}; correct \`files.region\` or \`files.endpoint\``, {
      status,
      code,
    });
  }
  // A HEAD is answered without a body, and so without a code. Some stores answer 404 to a key that they do not know.
  if (status === 404 && (code === '' || code === 'NoSuchKey')) return new ClewError('file_not_found');
  if (status === 416) return new ClewError('invalid_request', 'The file has no such part.');
  if (status === 429 || status >= 500 || status === 408) {
    const cause = new Error(`the store answered ${status} ${code}`.trim());
    return new ClewError('file_store_unavailable', undefined, { cause, retryAfterSeconds: 5 });
  }
  if (status === 401 || status === 403) return unusable('the key is refused', { status, code });
  return unusable('it refused the request', { status, code });
}

function unusable(why: string, { status, code }: { status: number; code: string }): ClewError {
  const said = [`status ${status}`, code].filter(Boolean).join(', ');
  return new ClewError('file_store_unusable', `The file store cannot be used: ${why} (${said}).`);
}

async function beginning(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      text += decoder.decode(piece, { stream: true });
      if (text.length >= LONGEST_BODY) break;
    }
  } catch {
    // The connection broke: what has come may do.
  }
  return text;
}

import { type UploadedFile, uploadedFiles, uploadRequest } from '@clew/wire/orchestrate';
import { z } from 'zod';
import { ClewError } from '../../../model/index.ts';
import type { Endpoint, FormPart, WireRequest } from '../../endpoint.ts';
import { fileReply } from '../download.ts';
import { STATUS } from '../errors.ts';
import type { FileDesk, FileInfo } from '../files.ts';
import { orchestratePath } from '../paths.ts';
import { invalid } from '../requests.ts';

const TAG = 'Files';

/** What is wrong with one file and not with the upload. */
const OF_ONE_FILE: readonly string[] = ['too_large', 'file_type_refused', 'rate_limited'];

/** Files: taken in before they are sent with a message, and given out under signed addresses. */
export function fileEndpoints(desk: FileDesk): Endpoint[] {
  return [
    {
      ...orchestratePath('/upload-to-s3'),
      method: 'POST',
      tag: TAG,
      access: 'principal',
      takes: 'form',
      summary: 'Upload files: `multipart/form-data`, field `files`; one that is refused says so in its entry',
      schemas: { body: uploadRequest, reply: uploadedFiles },
      handle: async (request) => ({ status: 200, body: await upload(request, desk) }),
    },
    {
      path: '/files/{file_id}',
      aliases: [],
      method: 'GET',
      tag: TAG,
      access: 'public',
      summary: 'Download a file by the address that came with it, or the part of it that `Range` names',
      schemas: {
        query: z.object({
          exp: z.string().describe('When the address ends, in seconds since 1970.'),
          sig: z.string().describe('Signature of the server.'),
        }),
      },
      async handle({ params, query, header }) {
        const file = await desk.find((params.file_id ?? '').toLowerCase(), query);
        const asked = { range: header('range'), ifRange: header('if-range'), known: header('if-none-match') };
        return fileReply(file, asked, desk.read);
      },
    },
  ];
}

async function upload({ form, scope, header }: WireRequest, desk: FileDesk): Promise<UploadedFile[]> {
  const entries: UploadedFile[] = [];
  const stored: FileInfo[] = [];
  const refusals: ClewError[] = [];

  const take = async ({ bytes }: FormPart, name: string): Promise<void> => {
    try {
      if (entries.length >= desk.mostFiles)
        throw new ClewError(
          'too_large',
          `More than ${desk.mostFiles} files at once are not taken (\`limits.uploadFiles\`).`,
        );
      const file = await desk.receive(scope, { name, bytes });
      stored.push(file);
      entries.push(entry(file.name, { url: file.url, contentType: file.contentType, size: file.size }));
    } catch (error) {
      if (!(error instanceof ClewError && OF_ONE_FILE.includes(error.code))) throw error;
      refusals.push(error);
      const [statusCode, invalid] = [STATUS[error.code], true];
      entries.push(entry(name, { statusCode, invalid, errorSubject: error.code, errorBody: error.message }));
    }
  };

  // Before the first byte of the body is read.
  await desk.ask(scope, Number(header('content-length') ?? 0) || 0);
  try {
    for await (const part of form ?? []) if (part.fileName !== undefined) await take(part, part.fileName);
  } catch (error) {
    // Nobody will ever learn the addresses of those that had arrived.
    await desk.discard(scope, stored);
    throw error;
  }
  if (entries.length === 0) throw invalid(['body', 'files'], 'Field required', 'missing');
  if (stored.length === 0) throw refusals[0];
  return entries;
}

function entry(fileName: string, members: Partial<UploadedFile>): UploadedFile {
  return {
    fileName,
    id: null,
    url: null,
    errorBody: null,
    errorSubject: null,
    statusCode: 200,
    invalid: false,
    contentType: null,
    size: null,
    ...members,
  };
}

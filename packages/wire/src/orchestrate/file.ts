import { z } from 'zod';

/** Form of `POST …/orchestrate/upload-to-s3`. */
export const uploadRequest = z.looseObject({
  files: z.array(z.file()).describe('The files.'),
  text: z.string().optional().describe('What the message will say; not looked at.'),
  fileMetaData: z.string().optional().describe('What the client knows of the files, as JSON; not looked at.'),
});

/** An entry of the answer of `POST …/orchestrate/upload-to-s3`, and of `files` in a content item `file_download`. */
export const uploadedFile = z.object({
  fileName: z.string().describe('The name of the file, without folders.'),
  id: z.null().describe('Null: the address is what stands for the file.'),
  url: z.string().nullable().describe('Where it can be read for a while; null when it was refused.'),
  errorBody: z.string().nullable().describe('Why it was refused, a sentence.'),
  errorSubject: z.string().nullable().describe('The same as a code.'),
  statusCode: z.number().int().describe('200, or the status that the file alone would have got.'),
  invalid: z.boolean().describe('Whether it was refused.'),
  contentType: z.string().nullable().describe('Media type, told from the content.'),
  size: z.number().int().nullable().describe('Bytes.'),
});

export const uploadedFiles = z.array(uploadedFile);

export type UploadedFile = z.infer<typeof uploadedFile>;

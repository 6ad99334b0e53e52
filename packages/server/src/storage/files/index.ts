export { createAttachments } from './attachments.ts';
export { type DiskOptions, openDisk } from './disk.ts';
export type { FileRules } from './intake.ts';
export { createFileLinks, type LinkOptions } from './links.ts';
export { openS3, type S3Options, type S3Store } from './s3.ts';
export { type SentFileLimits, withFileLimits } from './with-file-limits.ts';
export { withFiles } from './with-files.ts';

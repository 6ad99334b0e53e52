export { createAttachments } from './attachments.ts';
export { type DiskOptions, openDisk } from './disk.ts';
export type { FileRules } from './intake.ts';
export { createFileLinks, type LinkOptions } from './links.ts';
export { withFiles } from './with-files.ts';

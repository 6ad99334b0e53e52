import { adopt } from '../theme/adopt.ts';
import css from './attach.css';
import { type AttachDeps, Attachments } from './attachments.ts';

/** What a reader needs to send files along: made once a chat whose agent reads them is shown. */
export function createAttachments(deps: AttachDeps): Attachments {
  adopt(deps.zone.getRootNode() as ShadowRoot, css);
  return new Attachments(deps);
}

export type { Attachments };

/** Attachments are read into memory right before their call, and not earlier. */
import { AttachmentGone, type Attachment } from './mail-parts.js';
import type { EmailContent, Outcome } from '../provider.port.js';
import { outcomeOf } from '../verdict.js';

/** With its content in memory. */
export interface LoadedAttachment extends Attachment {
  readonly base64: string;
  readonly content: Buffer;
}

/** The attachments of an email, or why it is not sent now: another may be. */
export async function loadAttachments({
  attachments = [],
}: EmailContent): Promise<{ readonly loaded: readonly LoadedAttachment[] } | { readonly outcome: Outcome }> {
  try {
    const contents = await Promise.all(attachments.map((attachment) => attachment.read()));
    return { loaded: attachments.map((attachment, index) => loaded(attachment, contents[index] ?? Buffer.alloc(0))) };
  } catch (error) {
    if (error instanceof AttachmentGone) return { outcome: outcomeOf('content', 'attachment_gone') };
    return { outcome: outcomeOf('busy', 'attachment_unreadable') };
  }
}

const loaded = (attachment: Attachment, content: Buffer): LoadedAttachment => ({
  ...attachment,
  content,
  base64: content.toString('base64'),
});

/** Emails that carry the same are alike in it; undefined without attachments. */
export const carriedBy = ({ attachments }: EmailContent): string | undefined =>
  attachments?.map(({ name, digest, contentId, method }) => [name, digest, contentId, method].join(' ')).join('\n');

/** Whether others than the recipient get it too. */
export const hasCopies = ({ cc, bcc }: EmailContent): boolean => cc !== undefined || bcc !== undefined;

/** Resend requests, and their idempotency keys. */
import { createHash } from 'node:crypto';
import type { Attachment as ResendAttachment, CreateEmailOptions } from 'resend';
import { mailbox } from '../mailbox.js';
import { hasCopies, type LoadedAttachment } from '../mail/load-attachments.js';
import { callTags } from '../call-tags.js';
import type { EmailGroup, EmailEnvelope } from '../email-envelope.js';
import type { EmailContent } from '../provider.port.js';

/** The tag of an email that others got too. */
export const COPIES = 'copies';

const MAX_EMAILS = 100;
/** Resend takes 40 MB; the rest is for escaping, headers and tags. */
const MAX_CALL_BYTES = 30_000_000;

/**
 * Groups emails that may share a call: from one sender, since an unverified domain refuses the whole call, and few and small
 * enough. One with attachments is alone: a batch takes none. The same emails are always grouped the same way, or Resend would not
 * recognise their calls.
 */
export function groupEmails(emails: readonly EmailEnvelope[]): EmailGroup[] {
  const groups: EmailGroup[] = [];
  const open = new Map<string, { group: [EmailEnvelope, ...EmailEnvelope[]]; bytes: number }>();
  for (const email of emails) {
    if (email.content.attachments) {
      groups.push([email]);
      continue;
    }
    const bytes = bytesOf(email.content);
    const last = open.get(email.envelope.from);
    if (last && last.group.length < MAX_EMAILS && last.bytes + bytes <= MAX_CALL_BYTES) {
      last.group.push(email);
      last.bytes += bytes;
    } else {
      const group: [EmailEnvelope, ...EmailEnvelope[]] = [email];
      open.set(email.envelope.from, { group, bytes });
      groups.push(group);
    }
  }
  return groups;
}

/** At most 256 characters; another attempt at a message is another call. */
export function idempotencyKey(group: EmailGroup): string {
  const [first, ...others] = group;
  if (others.length === 0) return nameOf(first);
  return `batch/${createHash('sha256').update(group.map(nameOf).join('\n')).digest('hex')}`;
}

/** Events come back with these tags: `mid` identifies our row, `copies` says that others got it too. */
export function emailOf(
  { envelope, content }: EmailEnvelope,
  attachments: readonly LoadedAttachment[] = [],
): CreateEmailOptions {
  const { subject, html, text, headers, replyTo, cc, bcc } = content;
  const { from, fromName, to, messageId } = envelope;
  return {
    from: mailbox(from, fromName),
    to: [to],
    ...(cc && { cc: [...cc] }),
    ...(bcc && { bcc: [...bcc] }),
    subject,
    ...(html === undefined ? { text: text ?? '' } : { html, ...(text === undefined ? {} : { text }) }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(headers && { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) }),
    ...(attachments.length > 0 && { attachments: attachments.map(resendAttachment) }),
    tags: [
      { name: 'mid', value: messageId },
      ...(hasCopies(content) ? [{ name: COPIES, value: 'yes' }] : []),
      ...Object.entries(callTags(envelope)).map(([name, value]) => ({ name, value })),
    ],
  };
}

const resendAttachment = ({ name, mediaType, method, contentId, base64 }: LoadedAttachment): ResendAttachment => ({
  content: base64,
  filename: name,
  contentType: method === undefined ? mediaType : `${mediaType}; charset=utf-8; method=${method}`,
  ...(contentId !== undefined && { contentId }),
});

const nameOf = ({ envelope }: EmailEnvelope): string => `${envelope.messageId}/${envelope.attempt}`;

const bytesOf = ({ subject, html = '', text = '' }: EmailContent): number =>
  Buffer.byteLength(subject) + Buffer.byteLength(html) + Buffer.byteLength(text);

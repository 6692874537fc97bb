/** Parses and validates the JSON of one email. */
import { at, listAt, stringAt } from '../../kernel/index.js';
import { attachmentsIn, encodedBytes } from '../attachments.js';
import { bareAddress, EMAIL_BODY_LIMIT, isAddress } from '../mailbox.js';
import type { RecordedAttachment } from '../message-record.js';
import { resendRefusal } from './resend-errors.js';

const MAX_RECIPIENTS = 50;
const MAX_EMAILS = 100;
/** The sandbox's own: refused for a reason that no table lists. */
const ODD = /^odd(?:\+[^@]*)?@resend\.dev$/i;
const TAG = /^[A-Za-z0-9_-]{1,256}$/;

export interface ResendEmail {
  /** As given: `Name <address>` or a bare address. */
  readonly from: string;
  /** Bare addresses. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly html?: string;
  readonly text?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly replyTo?: string;
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly attachments?: readonly RecordedAttachment[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The email, or Resend's error message. */
export function readEmail(body: unknown): ResendEmail | { readonly wrong: string } {
  const from = stringAt(body, 'from') ?? '';
  const [to = [], cc = [], bcc = []] = ['to', 'cc', 'bcc'].map((field) => addressesAt(body, field));
  const html = stringAt(body, 'html');
  const text = stringAt(body, 'text');
  const tags = Object.fromEntries(
    listAt(body, 'tags').map((tag) => [stringAt(tag, 'name') ?? '', stringAt(tag, 'value') ?? '']),
  );
  if (!isAddress(bareAddress(from))) return { wrong: 'Invalid `from` field.' };
  if (to.length === 0 || to.length > MAX_RECIPIENTS || !to.every(isAddress)) return { wrong: 'Invalid `to` field.' };
  if (![...cc, ...bcc].every(isAddress)) return { wrong: 'Invalid `cc` or `bcc` field.' };
  const names = { content: 'content', name: 'filename', type: 'content_type', contentId: 'content_id' };
  const attachments = attachmentsIn(at(body, 'attachments'), names);
  if (encodedBytes(attachments) > EMAIL_BODY_LIMIT) return { wrong: 'The email is larger than 40 MB.' };
  if (html === undefined && text === undefined) return { wrong: 'Missing `html` or `text` field.' };
  if (
    !Object.entries(tags)
      .flat()
      .every((part) => TAG.test(part))
  )
    return { wrong: 'Tags should only contain ASCII letters, numbers, underscores, or dashes.' };
  const headers = Object.fromEntries(
    Object.entries(at(body, 'headers') ?? {}).map(([name, value]) => [name, String(value)]),
  );
  if (to.some((address) => ODD.test(address))) throw resendRefusal('odd_error', ['Something that no table lists']);
  const replyTo = stringAt(body, 'reply_to');
  const copies = { ...(cc.length > 0 && { cc }), ...(bcc.length > 0 && { bcc }) };
  const subject = stringAt(body, 'subject') ?? '';
  return { from, to, ...copies, subject, html, text, headers, replyTo, attachments, tags };
}

function addressesAt(body: unknown, field: string): string[] {
  const given = at(body, field);
  return (typeof given === 'string' ? [given] : listAt(body, field)).map((each) => bareAddress(String(each)));
}

/** The emails of a batch call, each valid or not. Rejects a call that is not a list, or too long. */
export function readBatch(body: unknown): (ResendEmail | { readonly wrong: string })[] {
  const emails = listAt(body);
  if (emails.length === 0 || emails.length > MAX_EMAILS) {
    throw resendRefusal('validation_error', `A batch holds 1 to ${MAX_EMAILS} emails.`);
  }
  if (emails.some((email) => listAt(email, 'attachments').length > 0)) {
    throw resendRefusal('validation_error', 'The `attachments` field is not supported in a batch.');
  }
  return emails.map(readEmail);
}

/** Parses and validates the JSON of one email. */
import { at, listAt, stringAt } from '../../kernel/index.js';
import { bareAddress, isAddress } from '../mailbox.js';
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
  readonly tags: Readonly<Record<string, string>>;
}

/** The email, or Resend's error message. */
export function readEmail(body: unknown): ResendEmail | { readonly wrong: string } {
  const from = stringAt(body, 'from') ?? '';
  const given = at(body, 'to');
  const to = (typeof given === 'string' ? [given] : listAt(body, 'to')).map((each) => bareAddress(String(each)));
  const html = stringAt(body, 'html');
  const text = stringAt(body, 'text');
  const tags = Object.fromEntries(
    listAt(body, 'tags').map((tag) => [stringAt(tag, 'name') ?? '', stringAt(tag, 'value') ?? '']),
  );
  if (!isAddress(bareAddress(from))) return { wrong: 'Invalid `from` field.' };
  if (to.length === 0 || to.length > MAX_RECIPIENTS || !to.every(isAddress)) return { wrong: 'Invalid `to` field.' };
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
  return { from, to, subject: stringAt(body, 'subject') ?? '', html, text, headers, tags };
}

/** The emails of a batch call, each valid or not. Rejects a call that is not a list, or too long. */
export function readBatch(body: unknown): (ResendEmail | { readonly wrong: string })[] {
  const emails = listAt(body);
  if (emails.length === 0 || emails.length > MAX_EMAILS) {
    throw resendRefusal('validation_error', `A batch holds 1 to ${MAX_EMAILS} emails.`);
  }
  return emails.map(readEmail);
}

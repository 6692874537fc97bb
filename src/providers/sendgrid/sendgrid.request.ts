/** SendGrid requests: one email, or several in one call. */
import { randomUUID } from 'node:crypto';
import type { SdkAttachment, SdkMail, SdkPersonalization } from '@sendgrid/mail/src/classes/mail-service.js';
import { carriedBy, hasCopies, type LoadedAttachment } from '../mail/load-attachments.js';
import { callTags } from '../call-tags.js';
import type { EmailGroup, EmailEnvelope } from '../email-envelope.js';
import type { EmailContent } from '../provider.port.js';
import { sharedText, type SharedText } from './shared-text.js';

/** Personalizations of a call (SendGrid API reference, "Mail Send"). */
const MAX_EMAILS = 1_000;
/** SendGrid takes 30 MB; the rest is for escaping and headers. */
const MAX_CALL_BYTES = 20_000_000;
/** SendGrid takes 10,000 bytes of substitutions for one recipient; the rest is for their keys. */
const MAX_OWN_BYTES = 9_000;

/** Events come back with these arguments, among fields of their own: so the prefix. `cb_mid` identifies our row. */
const PREFIX = 'cb_';
export const MESSAGE_ID = `${PREFIX}mid`;
/** Set where others get the email too: an event is then about one of them, or about the recipient. */
export const COPIES = `${PREFIX}copies`;

/** Emails of one call. */
export interface SendGridCall {
  readonly emails: EmailGroup;
  readonly bodies: Bodies;
}

/** The content of a call's emails, whose parts all have. */
interface Bodies {
  readonly text?: SharedText;
  readonly html?: SharedText;
}

type Emails = [EmailEnvelope, ...EmailEnvelope[]];

/**
 * Groups emails into calls: same sender, same reply address, same parts, same attachments, no copies, each recipient once, and
 * little enough that is each one's own.
 */
export function callsOf(emails: readonly EmailEnvelope[]): SendGridCall[] {
  const groups: { readonly emails: Emails; readonly people: Set<string>; bytes: number }[] = [];
  const open = new Map<string, (typeof groups)[number]>();
  for (const email of emails) {
    if (hasCopies(email.content)) {
      groups.push({ emails: [email], people: new Set(), bytes: 0 });
      continue;
    }
    const kind = kindOf(email);
    const person = email.envelope.to.toLowerCase();
    const bytes = bytesOf(email.content);
    const group = open.get(kind);
    const fits =
      group && group.emails.length < MAX_EMAILS && group.bytes + bytes <= MAX_CALL_BYTES && !group.people.has(person);
    if (fits) {
      group.emails.push(email);
      group.people.add(person);
      group.bytes += bytes;
    } else {
      const fresh = { emails: [email] as Emails, people: new Set([person]), bytes };
      open.set(kind, fresh);
      groups.push(fresh);
    }
  }
  return groups.flatMap((group) => callsOfAlike(group.emails));
}

/** What emails of one call must have in common: SendGrid takes no empty part. */
const kindOf = ({ envelope: { from, fromName }, content }: EmailEnvelope): string =>
  JSON.stringify([from, fromName, content.replyTo, !content.html, !content.text, carriedBy(content)]);

/** One call, if not too much of an email is its own; else those with much of their own are looked at by themselves. */
function callsOfAlike(emails: readonly EmailEnvelope[]): SendGridCall[] {
  const [first, ...others] = emails;
  if (!first) return [];
  const bodies = bodiesOf([first, ...others]);
  if (others.length === 0) return [{ emails: [first], bodies }];
  const isOdd = emails.map((_, index) => ownBytes(bodies, index) > MAX_OWN_BYTES);
  const odd = emails.filter((_, index) => isOdd[index]);
  if (odd.length === 0) return [{ emails: [first, ...others], bodies }];
  const plain = emails.filter((_, index) => !isOdd[index]);
  if (plain.length > 0) return [...callsOfAlike(plain), ...callsOfAlike(odd)];
  // Perhaps of several templates: those of one are about as long.
  const bySegments = Map.groupBy(emails, ({ content }) => segmentsIn(content));
  const sets = bySegments.size > 1 ? [...bySegments.values()] : emails.map((email) => [email]);
  return sets.flatMap(callsOfAlike);
}

/**
 * One email is sent as it is. Several are sent as one text with keys, each replaced by what is a recipient's own; nobody can
 * guess a key, so that no text is taken for one.
 */
export function mailOf({ emails, bodies }: SendGridCall, attachments: readonly LoadedAttachment[] = []): SdkMail {
  const [{ envelope, content }] = emails;
  const { from, fromName } = envelope;
  const nonce = randomUUID();
  return {
    from: { email: from, ...(fromName === undefined ? {} : { name: fromName }) },
    ...(content.replyTo === undefined ? {} : { replyTo: { email: content.replyTo } }),
    content: [
      ...(bodies.text ? [{ type: 'text/plain' as const, value: withKeys(bodies.text, `text-${nonce}`) }] : []),
      ...(bodies.html ? [{ type: 'text/html' as const, value: withKeys(bodies.html, `html-${nonce}`) }] : []),
    ],
    substitutionWrappers: ['', ''],
    personalizations: emails.map((email, index) => personalization(email, substitutions(bodies, index, nonce))),
    ...(attachments.length > 0 && { attachments: attachments.map(sdkAttachment) }),
  };
}

/** Of the parameters of a type SendGrid takes `method` alone: "The attachment type cannot contain ';'" is its answer to others. */
const sdkAttachment = ({ name, mediaType, method, contentId, base64 }: LoadedAttachment): SdkAttachment => ({
  content: base64,
  filename: name,
  type: method === undefined ? mediaType : `${mediaType};method=${method}`,
  ...(contentId === undefined ? { disposition: 'attachment' } : { disposition: 'inline', content_id: contentId }),
});

function personalization({ envelope, content }: EmailEnvelope, own: Record<string, string>): SdkPersonalization {
  const { to, messageId } = envelope;
  const { headers, cc, bcc } = content;
  const more = Object.entries(callTags(envelope)).map(([name, value]) => [`${PREFIX}${name}`, value] as const);
  return {
    to: { email: to },
    ...(cc && { cc: mailboxes(cc) }),
    ...(bcc && { bcc: mailboxes(bcc) }),
    subject: content.subject,
    ...(headers && { headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) }),
    customArgs: {
      [MESSAGE_ID]: messageId,
      ...Object.fromEntries(more),
      ...(hasCopies(content) && { [COPIES]: 'yes' }),
    },
    substitutions: own,
  };
}

const mailboxes = (addresses: readonly string[]): { email: string }[] => addresses.map((email) => ({ email }));

function bodiesOf(emails: EmailGroup): Bodies {
  const [{ content }] = emails;
  return {
    ...(content.text ? { text: sharedText(emails.map((each) => each.content.text ?? '')) } : {}),
    ...(content.html ? { html: sharedText(emails.map((each) => each.content.html ?? '')) } : {}),
  };
}

const ownOf = ({ own }: SharedText, index: number): readonly string[] => own[index] ?? [];

const ownBytes = ({ text, html }: Bodies, index: number): number =>
  [text, html]
    .flatMap((body) => (body ? ownOf(body, index) : []))
    .reduce((bytes, value) => bytes + Buffer.byteLength(value), 0);

const keyOf = (name: string, slot: number): string => `-${name}-${slot}-`;

function withKeys({ parts }: SharedText, name: string): string {
  let slot = 0;
  return parts.map((part) => part ?? keyOf(name, slot++)).join('');
}

const substitutions = ({ text, html }: Bodies, index: number, nonce: string): Record<string, string> =>
  Object.fromEntries([
    ...(text ? ownOf(text, index).map((value, slot) => [keyOf(`text-${nonce}`, slot), value] as const) : []),
    ...(html ? ownOf(html, index).map((value, slot) => [keyOf(`html-${nonce}`, slot), value] as const) : []),
  ]);

const bytesOf = ({ subject, html = '', text = '' }: EmailContent): number =>
  Buffer.byteLength(subject) + Buffer.byteLength(html) + Buffer.byteLength(text);

const segmentsIn = ({ html = '', text = '' }: EmailContent): number => (html + text).split(/[\n>]/).length;

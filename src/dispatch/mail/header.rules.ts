/** Which headers callers may set: none that a provider, a mail program or our own service reads as an order. */
import type { MailHeader } from '../../providers/index.js';
import { HeaderRefused } from './mail.errors.js';

/** Printable ASCII without a colon (RFC 5322, 3.6.8), as far as anybody uses it. */
const NAME = /^[A-Za-z][A-Za-z0-9-]*$/;

const TAKEN: ReadonlySet<string> = new Set([
  'auto-submitted',
  'feedback-id',
  'importance',
  'in-reply-to',
  'keywords',
  'organization',
  'precedence',
  'priority',
  'references',
]);

/** Orders to providers, to mail servers and to ourselves. */
const RESERVED =
  /^x-(ses|smtpapi|sg|sendgrid|resend|mailgun|mc|pm|amz|aws|callboard|originating|forwarded|envelope|spam)(-|$)/;

/** The headers as they are sent. Raises HeaderRefused, which names the field. */
export function callersHeaders(headers: readonly MailHeader[]): MailHeader[] {
  const seen = new Set<string>();
  return headers.map(({ name, value }, index) => {
    const known = name.toLowerCase();
    const place = `headers[${index}].name`;
    const isTaken = NAME.test(name) && (TAKEN.has(known) || (/^x-./.test(known) && !RESERVED.test(known)));
    if (!isTaken) throw new HeaderRefused().at(place);
    if (seen.has(known)) throw new HeaderRefused('is there twice: give each name once').at(place);
    seen.add(known);
    return { name, value };
  });
}

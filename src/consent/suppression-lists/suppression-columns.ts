/** Columns and words of lists of suppressed addresses, as providers export them. */
import { ADDRESS_COLUMN_NAMES, ADDRESS_COLUMNS, folded, type ListVocabulary } from '../../lists/index.js';
import type { SuppressionReason } from '../consent.rules.js';
import { CHANNEL_COLUMN } from '../lists/decision-columns.js';

const words = (text: string): ReadonlySet<string> => new Set(text.split(',').map(folded));

const REASON = words(
  `reason, suppression reason, cause, origin, type, bounce type, category, status, Grund, Ursache, motivo, raison, motif, reden, orsak, årsag, syy, powód, důvod`,
);
const EXPIRES = words(`expires at, expires_at, expires, until, suppressed until, valid until, bis, gültig bis`);

/** What a list says of each row. `evidence.ticket` is evidence; what else it holds is not read. */
export function suppressionVocabulary(told: { readonly reason?: unknown }): ListVocabulary {
  return {
    fields: [
      ...ADDRESS_COLUMNS,
      { name: 'channel', columns: [CHANNEL_COLUMN] },
      { name: 'reason', columns: [REASON] },
      { name: 'expiresAt', columns: [EXPIRES] },
    ],
    needed: [ADDRESS_COLUMN_NAMES, ...(told.reason === undefined ? [['reason']] : [])],
    attribute: (name) => (/^evidence\.[^.]/.test(name) ? [name.slice('evidence.'.length)] : undefined),
  };
}

const REASONS: readonly (readonly [SuppressionReason, ReadonlySet<string>])[] = [
  [
    'soft_bounce',
    words('soft_bounce, soft bounce, soft bounced, soft, transient, temporary, temporary bounce, mailbox full'),
  ],
  [
    'hard_bounce',
    words(
      'hard_bounce, hard bounce, hard bounced, hard, bounce, bounced, bounces, permanent, permanent bounce, cleaned, undeliverable',
    ),
  ],
  [
    'complaint',
    words(
      'complaint, complained, complaints, spam, spam report, spam reports, spam complaint, spamreport, abuse, abuse complaint, junk, Spam-Beschwerde, Beschwerde',
    ),
  ],
  [
    'invalid_address',
    words(
      'invalid_address, invalid, invalid address, invalid email, invalid emails, invalid number, no such user, does not exist, unknown user, dead, dead number, landline, ungültig',
    ),
  ],
  ['manual', words('manual, manually added, blocked, blocklist, blacklist, do not contact, suppressed, gesperrt')],
];
/** A mail server's reply, as SendGrid lists it: `550 5.1.1 user unknown`. */
const SMTP_REFUSAL = /^5\d\d[ -]/;

/** The reason that a cell tells; undefined if it cannot be understood. */
export function readReason(text: string): SuppressionReason | undefined {
  const word = folded(text);
  const [reason] = REASONS.find(([, known]) => known.has(word)) ?? [];
  return reason ?? (SMTP_REFUSAL.test(text.trim()) ? 'hard_bounce' : undefined);
}

/** A list of suppressed addresses, read row by row, with what is wrong in it. */
import { FAULTS, readSpreadsheetTime, type FaultCode, type Row, type TimeReading } from '../../lists/index.js';
import type { Channel } from '../../tenants/index.js';
import { EVIDENCE_BYTES } from '../consent.fields.js';
import type { SuppressionReason } from '../consent.rules.js';
import type { ConsentListFault } from '../lists/consent-list.dto.js';
import { fieldsOf, rowChannel, rowSubjects, type Fields } from '../lists/row-subjects.js';
import { SOFT_BOUNCES } from '../suppressions/soft-bounces.rules.js';
import type { Suppression } from '../suppressions/suppressions.js';
import { readReason } from './suppression-columns.js';

const ERRORS_KEPT = 1_000;
const DAY_MS = 86_400_000;

/** What holds for all rows that do not say otherwise. */
export interface SuppressionDefaults extends TimeReading {
  /** Of numbers without a country code. */
  readonly country: string | null;
  readonly channel?: Channel;
  readonly reason?: SuppressionReason;
}

export interface ListedSuppression {
  readonly line: number;
  readonly suppression: Omit<Suppression, 'tenantId' | 'actor'>;
}

export class SuppressionList {
  lines = 0;
  rejected = 0;
  readonly errors: ConsentListFault[] = [];

  constructor(private readonly defaults: SuppressionDefaults) {}

  /** The suppressions of a row, one for each of its addresses; its faults are kept. */
  read({ line, content }: Row): ListedSuppression[] {
    this.lines = line;
    if (typeof content === 'string') return this.refuse(line, content, null);
    if (Buffer.byteLength(content.attributes) > EVIDENCE_BYTES)
      return this.refuse(line, 'evidence_too_large', 'evidence');
    const fields = fieldsOf(content.fields);
    const channel = rowChannel(fields.get('channel'), this.defaults.channel);
    if (channel === null) return this.refuse(line, 'unclear_channel', 'channel');
    const why = this.why(fields);
    if (typeof why === 'string') return this.refuse(line, why, why.endsWith('_time') ? 'expiresAt' : 'reason');
    const evidence =
      content.attributes === '{}' ? {} : { evidence: JSON.parse(content.attributes) as Record<string, unknown> };
    return rowSubjects(content.fields, channel, this.defaults.country).flatMap((subject) =>
      'address' in subject
        ? [{ line, suppression: { ...subject, ...why, ...evidence } }]
        : this.refuse(line, subject.code, subject.field),
    );
  }

  /** Only after soft bounces it ends by itself: where the row does not say when, after the usual time. */
  private why(fields: Fields): Pick<Suppression, 'reason' | 'expiresAt'> | FaultCode {
    const text = fields.get('reason');
    const reason = text === undefined ? this.defaults.reason : readReason(text);
    if (reason === undefined) return text === undefined ? 'no_reason' : 'unclear_reason';
    if (reason !== 'soft_bounce') return { reason };
    const until = fields.get('expiresAt');
    if (until === undefined)
      return { reason, expiresAt: new Date(Date.now() + SOFT_BOUNCES.suppressedForDays * DAY_MS) };
    const time = readSpreadsheetTime(until, this.defaults);
    if (time === 'ambiguous') return 'ambiguous_time';
    return time === undefined || time.getTime() < 0 ? 'unclear_time' : { reason, expiresAt: time };
  }

  private refuse(line: number, code: FaultCode, field: string | null): [] {
    this.rejected += 1;
    if (this.errors.length < ERRORS_KEPT) this.errors.push({ line, code, field, message: FAULTS[code] });
    return [];
  }
}

/** Whom of the platform's own people notices go to, and from which address. */
import { SIGNING_SECRET, SIGNING_SECRET_MEANING, type EnvironmentReader } from '../kernel/index.js';

export interface NoticesSettings {
  /** Where the operator's notices are posted. */
  readonly url?: string;
  /** Those that sign what is posted there: several while it is rotated. */
  readonly secrets: readonly string[];
  /** The operator's own addresses. */
  readonly emails: readonly string[];
  /** Absent: the platform's own email address. */
  readonly from?: string;
}

export interface NoticesConfig {
  readonly notices: NoticesSettings;
}

/** The token of the settings. */
export const NOTICES = Symbol('NOTICES');

const EMAIL = /^[^\s@,]+@[^\s@,]+\.[^\s@,]+$/;

/** Reads the variables about notices. Reports their errors. */
export function readNotices(read: EnvironmentReader): NoticesConfig {
  const url = read.url('NOTICES_URL', ['http:', 'https:']);
  const secrets = read.list(
    'NOTICES_SECRET',
    SIGNING_SECRET,
    `${SIGNING_SECRET_MEANING}; while it is changed two of them, comma-separated`,
  );
  const emails = read.list('NOTICES_EMAILS', EMAIL, 'a list of email addresses, comma-separated');
  const from = read.matching('NOTICES_FROM', EMAIL, 'an email address');
  if (read.text('NOTICES_URL')) read.require('NOTICES_SECRET', `set ${SIGNING_SECRET_MEANING}`);
  if (read.text('NOTICES_SECRET')) read.require('NOTICES_URL', 'NOTICES_SECRET is of no use without it');
  return {
    notices: { secrets, emails, ...(url !== undefined && { url }), ...(from !== undefined && { from }) },
  };
}

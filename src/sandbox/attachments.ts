/** Attachments as the providers of email get them: their contents in Base64. */
import { createHash } from 'node:crypto';
import { listAt, stringAt } from '../kernel/index.js';
import type { RecordedAttachment } from './message-record.js';

/** The names of an attachment's fields, which each provider has its own for. */
interface Names {
  readonly content: string;
  readonly name: string;
  readonly type: string;
  readonly contentId: string;
}

/** Bytes of a calendar file that is kept whole. */
const MAX_CALENDAR = 10_000;

/** Those of a list; undefined if there are none, or no list. */
export function attachmentsIn(list: unknown, names: Names): readonly RecordedAttachment[] | undefined {
  const found = listAt(list).map((each) => recorded(each, names));
  return found.length > 0 ? found : undefined;
}

/** Bytes of an email with them, as it is sent: lines of 76 characters of Base64 for 57 bytes. */
export const encodedBytes = (attachments: readonly RecordedAttachment[] = []): number =>
  attachments.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 57) * 78, 0);

function recorded(attachment: unknown, names: Names): RecordedAttachment {
  const content = Buffer.from(stringAt(attachment, names.content) ?? '', 'base64');
  const contentId = stringAt(attachment, names.contentId);
  const mediaType = stringAt(attachment, names.type) ?? '';
  const isCalendar = mediaType.startsWith('text/calendar') && content.length <= MAX_CALENDAR;
  return {
    name: stringAt(attachment, names.name) ?? '',
    mediaType,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    ...(contentId !== undefined && { contentId }),
    ...(isCalendar && { calendar: content.toString('utf8') }),
  };
}

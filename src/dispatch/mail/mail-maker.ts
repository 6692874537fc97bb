/** Turns what a caller gives an email beside its text into what is stored with the message. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { checking, isWebAddress, WEB_ADDRESS } from '../../kernel/index.js';
import { AttachmentCheck, FileUses, requireRoom, type AttachmentRef } from '../../files/index.js';
import { OLDEST_MESSAGES, type StoredCalendar, type StoredMail } from '../../ledger/index.js';
import { normaliseAddress, type Category, type Channel, type ProviderName } from '../../tenants/index.js';
import { callersHeaders } from './header.rules.js';
import { MAIL_FIELDS, type CalendarEntry, type MailOptions } from './mail.dto.js';
import { BadCalendar, CopiesRefused, MailOnly } from './mail.errors.js';

const FIRST_SEQUENCE = Date.UTC(2020);

/** The message that it is for. */
export interface MailOf {
  readonly tenantId: string;
  readonly category: Category;
  readonly provider: ProviderName;
  /** What its template has it carry. */
  readonly ofTemplate: readonly AttachmentRef[];
}

/** Raises MailOnly for what only an email has. */
export function requireMail(options: MailOptions, channel: Channel): void {
  const stray = channel === 'email' ? undefined : MAIL_FIELDS.find((field) => options[field] !== undefined);
  if (stray !== undefined) throw new MailOnly(stray, channel);
}

@Injectable()
export class MailMaker implements OnModuleInit {
  constructor(
    private readonly check: AttachmentCheck,
    private readonly uses: FileUses,
  ) {}

  /** A file is kept for as long as the months of the messages that carry it. */
  onModuleInit(): void {
    this.uses.add(`used_at >= ${OLDEST_MESSAGES}`);
  }

  /**
   * Null for an email that has nothing of it; its files are in use from now on. Raises InvalidAddress, HeaderRefused, CopiesRefused,
   * BadCalendar, FileNotFound, PictureRequired, ContentIdTaken and AttachmentsTooLarge, each naming its field.
   */
  async make(options: MailOptions, message: MailOf): Promise<StoredMail | null> {
    const { attachments = [], calendar, replyTo, headers = [] } = options;
    const mail: StoredMail = {
      ...(attachments.length > 0 && { attachments: attachments.map(stored) }),
      ...(calendar && { calendar: storedCalendar(calendar) }),
      ...(replyTo !== undefined && { replyTo: address('replyTo', replyTo) }),
      ...copiesOf(options, message.category),
      ...(headers.length > 0 && { headers: callersHeaders(headers) }),
    };
    if (Object.keys(mail).length === 0) return null;
    const { tenantId, provider, ofTemplate } = message;
    const files = await this.check.use(tenantId, attachments, ofTemplate);
    requireRoom(files, provider);
    return mail;
  }
}

const stored = ({ id, contentId }: AttachmentRef): AttachmentRef => ({
  id,
  ...(contentId !== undefined && { contentId }),
});

/** Without a sequence of its own an entry has the seconds since 2020: later messages about it have a higher one. */
function storedCalendar({ startsAt, endsAt, sequence, url, ...entry }: CalendarEntry): StoredCalendar {
  if (endsAt <= startsAt) throw new BadCalendar('It must end after it begins', 'endsAt');
  if (url !== undefined && !isWebAddress(url)) throw new BadCalendar(`The url must be ${WEB_ADDRESS}`, 'url');
  const now = new Date();
  return {
    ...entry,
    ...(url !== undefined && { url }),
    sequence: sequence ?? Math.floor((now.getTime() - FIRST_SEQUENCE) / 1_000),
    startsAt: startsAt.toISOString(),
    endsAt: endsAt.toISOString(),
    stampedAt: now.toISOString(),
  };
}

const address = (field: string, text: string): string => checking(field, () => normaliseAddress('email', text));

function copiesOf({ cc = [], bcc = [] }: MailOptions, category: Category): Pick<StoredMail, 'cc' | 'bcc'> {
  if (category === 'marketing' && cc.length + bcc.length > 0)
    throw new CopiesRefused().at(cc.length > 0 ? 'cc' : 'bcc');
  return {
    ...(cc.length > 0 && { cc: cc.map((text, index) => address(`cc[${index}]`, text)) }),
    ...(bcc.length > 0 && { bcc: bcc.map((text, index) => address(`bcc[${index}]`, text)) }),
  };
}

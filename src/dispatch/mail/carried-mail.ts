/** What an email has beside its text, as its provider gets it. */
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  FileGone,
  FileLibrary,
  FileNotFound,
  roomFor,
  sizeOf,
  type AttachmentRef,
  type FileFacts,
} from '../../files/index.js';
import type { StoredCalendar, StoredMail } from '../../ledger/index.js';
import { AttachmentGone, type Attachment, type EmailContent } from '../../providers/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { calendarFile } from './calendar-file.js';

/** The message that it is of. */
export interface MailOwner {
  readonly tenant_id: string;
  readonly sender_address: string;
  readonly sender_name: string | null;
  readonly recipient: string;
  readonly mail: StoredMail | null;
  /** What its template has it carry. */
  readonly ofTemplate: readonly AttachmentRef[];
}

/** Parts of an email's content. */
export type CarriedMail = Pick<EmailContent, 'attachments' | 'replyTo' | 'cc' | 'bcc' | 'headers'>;

/** Why nothing can be sent, as the message’s reason. */
export type NotCarried = 'attachment_gone' | 'attachments_too_large';

@Injectable()
export class MailCarrier {
  constructor(private readonly files: FileLibrary) {}

  /** Contents are not read before they are asked for. */
  async carry(owner: MailOwner, provider?: ProviderName): Promise<CarriedMail | { readonly failed: NotCarried }> {
    const { tenant_id: tenantId, recipient, mail, ofTemplate } = owner;
    const { attachments: own = [], calendar, replyTo, headers } = mail ?? {};
    const refs = [...ofTemplate, ...own];
    const attachments = await Promise.all(refs.map((ref) => this.attachment(tenantId, ref))).catch((error: unknown) => {
      if (error instanceof FileNotFound) return undefined;
      throw error;
    });
    if (!attachments) return { failed: 'attachment_gone' };
    if (calendar) attachments.push(invitation(calendar, owner));
    if (provider && sizeOf(attachments) > roomFor(provider)) return { failed: 'attachments_too_large' };
    return {
      ...(attachments.length > 0 && { attachments }),
      ...(replyTo !== undefined && { replyTo }),
      ...othersOf(mail ?? {}, recipient),
      ...(headers && { headers }),
    };
  }

  /** Raises FileNotFound. */
  private async attachment(tenantId: string, { id, contentId }: AttachmentRef): Promise<Attachment> {
    const file = await this.files.use(tenantId, id);
    const { name, mediaType, bytes, digest } = file;
    const read = (): Promise<Buffer> => this.read(file);
    return { name, mediaType, bytes, digest, ...(contentId !== undefined && { contentId }), read };
  }

  private async read(file: FileFacts): Promise<Buffer> {
    try {
      return await this.files.read(file);
    } catch (error) {
      throw error instanceof FileGone ? new AttachmentGone(error) : error;
    }
  }
}

/** Made anew for each call, always the same. */
function invitation(calendar: StoredCalendar, { sender_address, sender_name, recipient }: MailOwner): Attachment {
  const { method } = calendar;
  const organizer = { name: sender_name, address: sender_address };
  const content = calendarFile(calendar, { organizer, attendee: recipient });
  return {
    name: method === 'CANCEL' ? 'cancel.ics' : 'invite.ics',
    mediaType: 'text/calendar',
    method,
    bytes: content.length,
    digest: createHash('sha256').update(content).digest('hex'),
    read: () => Promise.resolve(content),
  };
}

/** Everybody gets it once, the recipient too, whose address may have changed: SendGrid refuses an address that is there twice. */
function othersOf({ cc = [], bcc = [] }: StoredMail, recipient: string): Pick<CarriedMail, 'cc' | 'bcc'> {
  const seen = new Set([recipient.toLowerCase()]);
  const once = (address: string): boolean => {
    const isNew = !seen.has(address.toLowerCase());
    seen.add(address.toLowerCase());
    return isNew;
  };
  const [copies, blind] = [cc.filter(once), bcc.filter(once)];
  return { ...(copies.length > 0 && { cc: copies }), ...(blind.length > 0 && { bcc: blind }) };
}

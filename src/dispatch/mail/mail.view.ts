/** What an email had beside its text, as the API shows it. */
import { Injectable } from '@nestjs/common';
import { FileLibrary, type AttachmentRef } from '../../files/index.js';
import type { StoredCalendar, StoredMail } from '../../ledger/index.js';
import type { CalendarView, CarriedFileView, MailView } from './mail.dto.js';

@Injectable()
export class MailViews {
  constructor(private readonly files: FileLibrary) {}

  /** Null for a message that has nothing of it. Of a file that is not kept any more its id is left. */
  async of(
    tenantId: string,
    mail: StoredMail | null,
    ofTemplate: readonly AttachmentRef[] = [],
  ): Promise<MailView | null> {
    if (mail === null && ofTemplate.length === 0) return null;
    const { attachments = [], replyTo = null, cc = [], bcc = [], headers = [], calendar } = mail ?? {};
    const files = await Promise.all([...ofTemplate, ...attachments].map((ref) => this.file(tenantId, ref)));
    return {
      attachments: files,
      calendar: calendar ? entryOf(calendar) : null,
      replyTo,
      cc: [...cc],
      bcc: [...bcc],
      headers: [...headers],
    };
  }

  private async file(tenantId: string, { id, contentId }: AttachmentRef): Promise<CarriedFileView> {
    const { name = null, mediaType = null, bytes = null } = (await this.files.find(tenantId, id)) ?? {};
    return { id, contentId: contentId ?? null, name, mediaType, bytes };
  }
}

function entryOf(calendar: StoredCalendar): CalendarView {
  const { stampedAt: _, ...entry } = calendar;
  return entry;
}

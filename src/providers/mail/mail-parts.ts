/** What an email has beside its text. */

export interface MailHeader {
  readonly name: string;
  readonly value: string;
}

export interface Attachment {
  /** As the recipient sees it. */
  readonly name: string;
  /** Such as `application/pdf`. */
  readonly mediaType: string;
  /** What a calendar file asks for (RFC 5546, 1.4). */
  readonly method?: 'REQUEST' | 'CANCEL';
  /** The size of its content. */
  readonly bytes: number;
  /** Equal where contents are equal. */
  readonly digest: string;
  /** Of a picture within the HTML, which names it as `cid:`. */
  readonly contentId?: string;
  /** Its content. Raises AttachmentGone; rejects with a reason if it cannot be read now. */
  read(): Promise<Buffer>;
}

/** The content is not kept any more. */
export class AttachmentGone extends Error {
  constructor(cause: unknown) {
    super('the attachment is not kept any more', { cause });
    this.name = 'AttachmentGone';
  }
}

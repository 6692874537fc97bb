/** The messages accepted by the sandbox "providers": a bounded record, oldest first, searchable by recipient or provider id. */
import type { ProviderName } from '../providers/index.js';

/** An email's attachment as it arrived: its content is known by its SHA-256, in hex. */
export interface RecordedAttachment {
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly contentId?: string;
  /** What a calendar file says. */
  readonly calendar?: string;
}

/** One accepted send to one recipient. A message sent twice appears twice. */
export interface RecordedMessage {
  readonly provider: ProviderName;
  /** The Twilio AccountSid, the Plivo auth id, the AWS access key id, or our id of the sending SendGrid or Resend account. */
  readonly accountId: string;
  readonly channel: 'email' | 'sms' | 'mms' | 'whatsapp' | 'voice';
  /** Set for what a person wrote: it is in the books, and not among what was accepted. */
  readonly direction?: 'inbound';
  /** E.164, an email address, or a messaging service's sid. */
  readonly from: string;
  /** E.164 or a bare email address. */
  readonly to: string;
  readonly mediaUrls?: readonly string[];
  readonly contentSid?: string;
  readonly contentVariables?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly replyTo?: string;
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly attachments?: readonly RecordedAttachment[];
  /** Ours: from the email tag `mid`, SendGrid's custom argument or from `?mid=` of the status callback. */
  readonly messageId?: string;
  readonly providerMessageId: string;
  segments?: number;
  readonly acceptedAt: Date;
  sentAt?: Date;
  /** The provider's own status for Twilio; accepted, sent, delivered, bounced, complained, suppressed or failed for email. */
  status: string;
  errorCode?: number;
  /** The provider knows nothing of it. */
  isLost?: boolean;
  /** In USD, where it is not what the provider usually charges. */
  price?: string;
  subject?: string;
  html?: string;
  text?: string;
  body?: string;
}

export interface Entry {
  /** Increases by one with each message and is never reused: the entry's id and page cursor. */
  readonly position: number;
  readonly message: RecordedMessage;
  /** The next entry to the same recipient. */
  next?: Entry;
}

interface Chain {
  head: Entry;
  tail: Entry;
}

const MAX_CONTENT_CHARACTERS = 64 * 1024 * 1024;

/**
 * Keeps the newest `limit` messages, and the newest subjects and bodies up to 64 Mi characters in all: an older message stays
 * without them. Recipients are case-insensitive.
 */
export class MessageRecord {
  private slots: (Entry | undefined)[] = [];
  private origin = 0;
  private first = 0;
  private end = 0;
  private firstWithContent = 0;
  private contentCharacters = 0;
  private readonly byRecipient = new Map<string, Chain>();
  private readonly byProviderId = new Map<string, RecordedMessage>();

  constructor(
    private readonly limit: number,
    private readonly maxContentCharacters = MAX_CONTENT_CHARACTERS,
  ) {}

  add(message: RecordedMessage): void {
    if (this.end - this.first === this.limit) this.forgetOldest();
    const entry: Entry = { position: this.end, message };
    this.slots[this.slotOf(this.end)] = entry;
    this.end += 1;
    this.byProviderId.set(message.providerMessageId, message);
    const chain = this.byRecipient.get(keyOf(message.to));
    if (chain) chain.tail = chain.tail.next = entry;
    else this.byRecipient.set(keyOf(message.to), { head: entry, tail: entry });
    this.contentCharacters += charactersOf(message);
    while (this.contentCharacters > this.maxContentCharacters) this.forgetOldestContent();
  }

  /** Knows a message by its provider's id alone, until it is dropped: one that a person wrote was not accepted from us. */
  keep(message: RecordedMessage): void {
    this.byProviderId.set(message.providerMessageId, message);
  }

  drop({ providerMessageId }: RecordedMessage): void {
    this.byProviderId.delete(providerMessageId);
  }

  /** Undefined also for what the provider has lost. */
  find(providerMessageId: string): RecordedMessage | undefined {
    const message = this.byProviderId.get(providerMessageId);
    return message?.isLost ? undefined : message;
  }

  /** Changes what the provider knows of a message; undefined if there is none. */
  change(providerMessageId: string, change: Partial<RecordedMessage>): RecordedMessage | undefined {
    const message = this.byProviderId.get(providerMessageId);
    return message && Object.assign(message, change);
  }

  /** The entries after a position, oldest first; only those to one recipient if `to` is given. */
  *oldestFirst(to?: string, after = -1): Generator<Entry> {
    if (to === undefined) {
      for (let position = Math.max(this.first, after + 1); position < this.end; position += 1) yield* this.at(position);
      return;
    }
    for (let entry = this.byRecipient.get(keyOf(to))?.head; entry; entry = entry.next) {
      if (entry.position > after) yield entry;
    }
  }

  /** The entries before a position, newest first; only those to one recipient if `to` is given. */
  *newestFirst(to?: string, before = Infinity): Generator<Entry> {
    if (to === undefined) {
      for (let position = Math.min(this.end, before) - 1; position >= this.first; position -= 1)
        yield* this.at(position);
      return;
    }
    for (const entry of [...this.oldestFirst(to)].toReversed()) {
      if (entry.position < before) yield entry;
    }
  }

  clear(): void {
    this.slots = [];
    this.byRecipient.clear();
    this.byProviderId.clear();
    this.origin = this.first = this.firstWithContent = this.end;
    this.contentCharacters = 0;
  }

  private *at(position: number): Generator<Entry> {
    const entry = this.slots[this.slotOf(position)];
    if (entry) yield entry;
  }

  private slotOf(position: number): number {
    return (position - this.origin) % this.limit;
  }

  private forgetOldest(): void {
    if (this.firstWithContent === this.first) this.forgetOldestContent();
    for (const { message, next } of this.at(this.first)) {
      if (this.byProviderId.get(message.providerMessageId) === message) {
        this.byProviderId.delete(message.providerMessageId);
      }
      const chain = this.byRecipient.get(keyOf(message.to));
      if (chain && next) chain.head = next;
      else this.byRecipient.delete(keyOf(message.to));
    }
    this.first += 1;
  }

  private forgetOldestContent(): void {
    for (const { message } of this.at(this.firstWithContent)) {
      this.contentCharacters -= charactersOf(message);
      message.subject = message.html = message.text = message.body = undefined;
    }
    this.firstWithContent += 1;
  }
}

const keyOf = (address: string): string => address.toLowerCase();

const charactersOf = ({ subject = '', html = '', text = '', body = '' }: RecordedMessage): number =>
  subject.length + html.length + text.length + body.length;

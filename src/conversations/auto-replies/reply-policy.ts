/** Whether a machine may answer whoever wrote. */
import { Inject, Injectable } from '@nestjs/common';
import { ConsentGate } from '../../consent/index.js';
import { instant } from '../../kernel/index.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';
import { isWhatsAppUserId, SenderDirectory } from '../../tenants/index.js';
import type { DueReply } from './auto-reply-store.js';
import { isOpen } from './opening-hours.rules.js';

/** What is answered later than this would be an answer to nothing. */
const LATEST_MS = 3_600_000;

@Injectable()
export class ReplyPolicy {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly gate: ConsentGate,
    private readonly senders: SenderDirectory,
  ) {}

  /**
   * Whether the message is to be answered: it came lately and outside the opening hours, from a person and no desk of anybody here, which might
   * answer by itself too, and who may be written to.
   */
  async wants(due: DueReply): Promise<boolean> {
    const at = instant(due.receivedAt);
    if (Date.now() - at.getTime() > LATEST_MS || (await this.isOpen(due, at))) return false;
    return isPerson(due.person) && !(await this.isOurs(due.person)) && (await this.mayBeWrittenTo(due));
  }

  private async isOpen({ tenantId, openingHours, timezone }: DueReply, at: Date): Promise<boolean> {
    if (openingHours === null) return false;
    return isOpen(openingHours, timezone ?? (await this.senders.tenant(tenantId)).timezone, at);
  }

  /** A number that any venue sends from, or has, or the platform does. */
  private async isOurs(person: string): Promise<boolean> {
    const platforms = Object.values(this.config.platform).flatMap(({ from, whatsappFrom }) => [from, whatsappFrom]);
    if (platforms.includes(person)) return true;
    const found = await Promise.all(
      (['sms', 'whatsapp', 'voice'] as const).map((channel) => this.senders.holdersOf(channel, person)),
    );
    return found.flat().length > 0;
  }

  /** The gate asks again before it is sent. */
  private async mayBeWrittenTo({ receivedId, tenantId, venueId, channel, person, number }: DueReply): Promise<boolean> {
    const [verdict] = await this.gate.check([
      {
        messageId: receivedId,
        tenantId,
        venueId,
        channel,
        category: 'transactional',
        recipient: person,
        senderAddress: number,
        expiresAt: null,
        isTest: false,
      },
    ]);
    return verdict?.pass ?? false;
  }
}

/** Short codes and names are machines. */
const isPerson = (person: string): boolean => person.startsWith('+') || isWhatsAppUserId(person);

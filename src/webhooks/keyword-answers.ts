/** What a venue answers to STOP, HELP and START, where the provider answers nothing itself. */
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ExemptMessages } from '../consent/index.js';
import { AcceptMessages } from '../dispatch/index.js';
import { Database, DomainError } from '../kernel/index.js';
import { consentChannel, SenderDirectory, VenueProfiles, type KeywordReplies } from '../tenants/index.js';
import type { Inbound } from './inbound-messages.js';

interface Owner {
  readonly tenantId: string;
  readonly venueId: string;
}

/** A machine that answers our answers with keywords is answered no more often than this. */
const PAUSE = '5 minutes';
/** The confirmation of a STOP comes at once, or not at all: milliseconds. */
const CONFIRMED_WITHIN = 5 * 60_000;

@Injectable()
export class KeywordAnswers {
  private readonly logger = new Logger(KeywordAnswers.name);

  constructor(
    private readonly commands: CommandBus,
    private readonly database: Database,
    private readonly senders: SenderDirectory,
    private readonly venues: VenueProfiles,
    private readonly exempt: ExemptMessages,
  ) {}

  /**
   * Must run in the transaction that takes the keyword in: the answer is a message like any other, and there once. That to STOP is the one
   * message that passes an opt-out, as it says that it is done.
   */
  async send({ tenantId, venueId }: Owner, event: Inbound): Promise<void> {
    const { channel, from, to, keyword } = event;
    if (keyword === undefined || keyword === 'yes') return;
    const { keywordReplies } = await this.venues.of(venueId);
    const body = keywordReplies?.[keyword];
    if (body === undefined || isAnswered(event, keywordReplies ?? {})) return;
    if (!(await this.isDue(venueId, event))) return;
    const holders = await this.senders.holdersOf(channel, to);
    const holder = holders.find((each) => each.venueId === venueId && each.status === 'active');
    const answer = {
      channel: channel === 'mms' ? 'sms' : channel,
      to: from,
      venueId,
      ...(holder && { senderId: holder.senderId }),
      category: 'transactional',
      messageType: 'keyword_reply',
      content: { body },
      ...(keyword === 'stop' && { expiresAt: new Date(Date.now() + CONFIRMED_WITHIN).toISOString(), fallback: [] }),
    };
    const [accepted] = await this.commands.execute(new AcceptMessages(tenantId, [answer]));
    if (accepted instanceof DomainError) this.logger.warn(`A keyword was not answered: ${accepted.code}`);
    else if (accepted && keyword === 'stop') await this.exempt.add(accepted.id, 'opt_out');
  }

  /** Whether the person got no answer to this word a moment ago; from here on they have. */
  private async isDue(venueId: string, { channel, from, keyword }: Inbound): Promise<boolean> {
    const rows = await this.database.query(
      `insert into keyword_answer as held (venue_id, channel, person, keyword) values ($1, $2, $3, $4)
       on conflict (venue_id, channel, person, keyword) do update set answered_at = excluded.answered_at
         where held.answered_at < now() - interval '${PAUSE}'
       returning keyword`,
      [venueId, consentChannel(channel), from, keyword],
    );
    return rows.length > 0;
  }
}

/** Twilio and Plivo answer their own words, by text, unless they were told not to: a second answer would be one too many. */
const isAnswered = (
  { channel, isLocalKeyword, isAnsweredByProvider }: Inbound,
  { isProviderSilent }: KeywordReplies,
): boolean =>
  isAnsweredByProvider === true || !(channel === 'whatsapp' || isLocalKeyword === true || isProviderSilent === true);

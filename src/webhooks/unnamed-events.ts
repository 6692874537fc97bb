/** Events that do not carry our id: their messages are found by the provider's own id. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { ProviderIds } from '../ledger/index.js';
import { writersAddress } from '../tenants/index.js';
import type { WaitingEvent } from './waiting-event.js';

/** By then the answer to every call under way has been recorded, and the provider's id with it. */
const AGAIN_AFTER = '1 minute';

@Injectable()
export class UnnamedEvents {
  constructor(
    private readonly database: Database,
    private readonly providerIds: ProviderIds,
  ) {}

  /**
   * Those whose message was found, with it. The others are looked up once more a minute after they came: an event may overtake
   * the answer to our own call, from which we learn the id. Then they are of no message of ours.
   */
  async find(events: readonly WaitingEvent[]): Promise<WaitingEvent[]> {
    if (events.length === 0) return [];
    const found = await this.providerIds.find(
      events.map(({ event: { lookup }, account_ids: accountIds, received_at: receivedAt }) => ({
        providerMessageId: lookup?.providerMessageId ?? '',
        recipient: asStored(lookup?.to ?? ''),
        at: new Date(lookup?.sentAt ?? receivedAt),
        accountIds,
      })),
    );
    const byPlace = new Map(found.map(({ place, ...message }) => [place - 1, message]));
    await this.lookAgain(events.flatMap(({ id }, place) => (byPlace.has(place) ? [] : [id])));
    return events.flatMap((event, place) => {
      const message = byPlace.get(place);
      return message ? [{ ...event, ...message }] : [];
    });
  }

  /** Makes those wait again that are due. Returns how many. */
  async wake(): Promise<number> {
    const woken = await this.database.query(
      `update inbox set applied_at = null, look_again_at = null where look_again_at <= now() returning id`,
    );
    return woken.length;
  }

  private async lookAgain(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.query(
      `update inbox set look_again_at = received_at + interval '${AGAIN_AFTER}'
       where id = any($1) and received_at > now() - interval '${AGAIN_AFTER}'`,
      [ids],
    );
  }
}

/** An address in the form in which the ledger has it. */
const asStored = (address: string): string => writersAddress(address.includes('@') ? 'email' : 'sms', address);

/** Who a person on WhatsApp is who writes under a user id: the number that was told beside it. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { ProviderAccounts, isWhatsAppUserId } from '../tenants/index.js';
import { ConsentLog, type ConsentChange } from './consent-log.js';
import type { Decision, OptOutCategory } from './consent.entity.js';
import { NumberOptOutLog } from './number-opt-outs/number-opt-out-log.js';

interface Told {
  /** The accounts through which it was told: an id means somebody else to another business. */
  readonly accountIds: readonly string[];
  readonly userId: string;
  /** Normalised. */
  readonly number: string;
}

interface Held {
  readonly status: Decision;
  readonly occurred_at: string;
}

@Injectable()
export class WhatsAppUsers {
  constructor(
    private readonly database: Database,
    private readonly accounts: ProviderAccounts,
    private readonly log: ConsentLog,
    private readonly numberOptOuts: NumberOptOutLog,
  ) {}

  /** The number of a user id, as told through one of these accounts; any other address, and an unknown id, as it is. */
  async addressOf(accountIds: readonly string[], address: string): Promise<string> {
    if (!isWhatsAppUserId(address)) return address;
    const [known] = await this.database.query<{ number: string }>(
      `select number from whatsapp_user where user_id = $1 and account_id = any($2) order by learned_at desc limit 1`,
      [address, accountIds],
    );
    return known?.number ?? address;
  }

  /** The same for a tenant, through the accounts that it sends with. */
  async addressFor(tenantId: string, address: string): Promise<string> {
    if (!isWhatsAppUserId(address)) return address;
    return this.addressOf(await this.accounts.idsOf(tenantId), address);
  }

  /**
   * Remembers a number told beside a user id. What the person decided under the id is from then on the number's, as of when it
   * was decided: at the venues that the accounts send for.
   */
  learn({ accountIds, userId, number }: Told): Promise<void> {
    return this.database.transaction(async () => {
      const news = await this.database.query(
        `insert into whatsapp_user as held (account_id, user_id, number) select account_id, $2, $3 from unnest($1::uuid[]) as account_id
         on conflict (account_id, user_id) do update set number = excluded.number, learned_at = now()
           where held.number <> excluded.number
         returning account_id`,
        [accountIds, userId, number],
      );
      if (news.length > 0) await this.adopt({ accountIds, userId, number });
    });
  }

  private async adopt({ accountIds, userId, number }: Told): Promise<void> {
    const owners = await Promise.all(accountIds.map((id) => this.accounts.load(id)));
    const isPlatform = owners.some(({ tenantId }) => tenantId === null);
    const decided = await this.database.query<
      Held & { tenant_id: string; venue_id: string; category: OptOutCategory | null }
    >(
      `select tenant_id, venue_id, decision.* from consent cross join lateral (
         values (status, null, occurred_at::text), ('opted_out', 'marketing', marketing_out_at::text)
       ) as decision (status, category, occurred_at)
       where channel = 'whatsapp' and address = $1 and ($2 or tenant_id = any($3))
         and decision.status <> 'unknown' and decision.occurred_at is not null`,
      [userId, isPlatform, owners.flatMap(({ tenantId }) => tenantId ?? [])],
    );
    await this.log.record(
      decided.map(({ tenant_id: tenantId, venue_id: venueId, category, ...held }): ConsentChange => ({
        tenantId,
        venueId,
        ...(category && { category }),
        ...decisionOf(held, userId),
        address: number,
      })),
    );
    if (!isPlatform) return;
    const silenced = await this.database.query<Held & { number: string }>(
      `select number, status, occurred_at::text from number_opt_out where channel = 'whatsapp' and address = $1`,
      [userId],
    );
    for (const { number: ours, ...held } of silenced)
      await this.numberOptOuts.record({ ...decisionOf(held, userId), number: ours, address: number });
  }
}

const decisionOf = ({ status, occurred_at: occurredAt }: Held, userId: string) =>
  ({
    channel: 'whatsapp',
    status,
    source: 'whatsapp_user',
    actor: 'recipient',
    evidence: { userId },
    occurredAt: new Date(occurredAt),
  }) as const;

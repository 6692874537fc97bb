/** An audience cut into chunks, which workers expand in parallel. A remaining chunk is one that nobody has expanded. */
import { Injectable } from '@nestjs/common';
import { Contacts } from '../audiences/index.js';
import { CampaignThrottles } from '../dispatch/index.js';
import { Database } from '../kernel/index.js';
import { addressKindOf, type Category, type Channel, type ProviderName } from '../tenants/index.js';

const IN_EXPANSION = `status in ('SENDING', 'PAUSED') and frozen_at is null`;

export interface Chunk {
  /** Its addresses are greater than this one, */
  readonly after: string;
  /** and at most this one. */
  readonly until: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly provider: ProviderName;
  readonly sender_address: string;
  readonly template_version_id: string;
  readonly lane_id: string;
  readonly tenant_id: string;
}

@Injectable()
export class CampaignChunks {
  /** People in one transaction. A test sets fewer, and needs no audience of ten thousands for several chunks. */
  size = 10_000;

  constructor(
    private readonly database: Database,
    private readonly throttles: CampaignThrottles,
    private readonly contacts: Contacts,
  ) {}

  /** Takes a free chunk for the open transaction: it is gone on commit, and free again on rollback. */
  async take(campaignId: string): Promise<Chunk | undefined> {
    const [chunk] = await this.database.query<Chunk>(
      `delete from campaign_chunk using campaign
       where (campaign_id, after) = (
           select campaign_id, after from campaign_chunk where campaign_id = $1 order by after limit 1 for update skip locked)
         and campaign.id = campaign_id and ${IN_EXPANSION}
       returning after, until, channel, category, provider, sender_address, template_version_id, lane_id, tenant_id`,
      [campaignId],
    );
    return chunk;
  }

  /** Cuts the next chunk. False when there are no more people. */
  cut(campaignId: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const [campaign] = await this.database.query<{ audience_id: string; channel: Channel; cut_to: string }>(
        `select audience_id, channel, cut_to from campaign where id = $1 and not all_cut and ${IN_EXPANSION} for no key update`,
        [campaignId],
      );
      if (!campaign) return false;
      const { audience_id: audienceId, channel, cut_to: after } = campaign;
      const { people, until } = await this.contacts.next(audienceId, addressKindOf(channel), after, this.size);
      if (until !== null) {
        await this.database.query(`insert into campaign_chunk (campaign_id, after, until) values ($1, $2, $3)`, [
          campaignId,
          after,
          until,
        ]);
      }
      await this.database.query(`update campaign set cut_to = $2, all_cut = $3 where id = $1`, [
        campaignId,
        until ?? after,
        people < this.size,
      ]);
      await this.endIfThrough(campaignId);
      return until !== null;
    });
  }

  /** Blocks pause and cancel until the open transaction ends; false if one of them came first. */
  async mayStillExpand(campaignId: string): Promise<boolean> {
    const sql = `select from campaign where id = $1 and ${IN_EXPANSION} for no key update`;
    return (await this.database.query(sql, [campaignId])).length > 0;
  }

  /**
   * Expanded when all is cut and no chunk is left. The caller holds the campaign's row, so that of two last chunks the second
   * sees it.
   */
  async endIfThrough(campaignId: string): Promise<void> {
    const ended = await this.database.query(
      `update campaign set frozen_at = now() where id = $1 and all_cut and ${IN_EXPANSION}
         and not exists (select from campaign_chunk where campaign_id = $1)
       returning id`,
      [campaignId],
    );
    if (ended.length > 0) await this.throttles.complete(campaignId);
  }
}

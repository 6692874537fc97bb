/** An audience cut into chunks, which workers expand in parallel. A remaining chunk is one that nobody has expanded. */
import { Injectable } from '@nestjs/common';
import { Contacts, JOINED, People, type PeoplePart } from '../audiences/index.js';
import { CampaignThrottles } from '../dispatch/index.js';
import { Database } from '../kernel/index.js';
import { ADDRESS_KINDS, addressKindOf, type Category, type Channel, type ProviderName } from '../tenants/index.js';
import type { IfPast } from './hours/recipient-hour.rules.js';
import type { LaunchedSelection } from './selection/selections.js';
import type { VariantStage } from './variants/campaign-variants.js';

const IN_EXPANSION = `status in ('SENDING', 'PAUSED') and frozen_at is null and not outgrown`;

export interface Chunk extends LaunchedSelection {
  /** Of the people of a campaign over several channels; empty for one, whose chunks are of addresses. */
  readonly part: PeoplePart | '';
  /** Its addresses, or people, are greater than this one, */
  readonly after: string;
  /** and at most this one. */
  readonly until: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly provider: ProviderName;
  readonly sender_address: string;
  readonly template_version_id: string;
  readonly lane_id: string;
  /** On the recipients’ own clocks; null: at once. */
  readonly local_time: string | null;
  readonly if_past: IfPast | null;
  readonly variant_stage: VariantStage | null;
}

interface Uncut {
  readonly audience_id: string;
  readonly channel: Channel;
  readonly cut_part: PeoplePart | '';
  readonly cut_to: string;
  readonly is_of_people: boolean;
  /** Empty for one over a single channel. */
  readonly channels: readonly Channel[];
}

interface Cut extends Pick<Chunk, 'part' | 'after'> {
  /** Null if there was nobody. */
  readonly until: string | null;
  readonly isLast: boolean;
}

@Injectable()
export class CampaignChunks {
  /** People in one transaction. A test sets fewer, and needs no audience of ten thousands for several chunks. */
  size = 10_000;

  constructor(
    private readonly database: Database,
    private readonly throttles: CampaignThrottles,
    private readonly contacts: Contacts,
    private readonly people: People,
  ) {}

  /** Takes a free chunk for the open transaction: it is gone on commit, and free again on rollback. */
  async take(campaignId: string): Promise<Chunk | undefined> {
    const [chunk] = await this.database.query<Chunk>(
      `delete from campaign_chunk using campaign
       where (campaign_id, part, after) = (
           select campaign_id, part, after from campaign_chunk where campaign_id = $1 order by part, after limit 1 for update skip locked)
         and campaign.id = campaign_id and ${IN_EXPANSION}
       returning part, after, until, channel, category, provider, sender_address, template_version_id, lane_id, tenant_id,
         audience_id, segment_rule, frequency_cap_days, launched_at, local_time, if_past, variant_stage`,
      [campaignId],
    );
    return chunk;
  }

  /** Cuts the next chunk. False when there are no more people. */
  cut(campaignId: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const [campaign] = await this.database.query<Uncut>(
        `select audience_id, channel, cut_part, cut_to, audience_generation is not null as is_of_people,
           array(select channel from campaign_channel where campaign_id = campaign.id) as channels
         from campaign where id = $1 and not all_cut and ${IN_EXPANSION} for no key update`,
        [campaignId],
      );
      if (!campaign || (campaign.is_of_people && !(await this.people.areRead(campaign.audience_id)))) return false;
      const cut = await (campaign.is_of_people ? this.nextPeople(campaign) : this.nextContacts(campaign));
      const { part, after, until, isLast } = cut;
      if (until !== null) {
        await this.database.query(
          `insert into campaign_chunk (campaign_id, part, after, until) values ($1, $2, $3, $4)`,
          [campaignId, part, after, until],
        );
      }
      await this.database.query(`update campaign set cut_part = $2, cut_to = $3, all_cut = $4 where id = $1`, [
        campaignId,
        part,
        until ?? after,
        isLast,
      ]);
      await this.endIfThrough(campaignId);
      return until !== null;
    });
  }

  private async nextContacts({ audience_id: audienceId, channel, cut_to: after }: Uncut): Promise<Cut> {
    const { people, until } = await this.contacts.next(audienceId, addressKindOf(channel), after, this.size);
    return { part: '', after, until, isLast: people < this.size };
  }

  /** Of the part that is being cut, or the first after it that has somebody. */
  private async nextPeople({ audience_id: audienceId, channels, cut_part, cut_to }: Uncut): Promise<Cut> {
    const kinds = channels.map(addressKindOf);
    const parts: readonly PeoplePart[] = [JOINED, ...ADDRESS_KINDS.filter((kind) => kinds.includes(kind))];
    const begun = Math.max(
      parts.findIndex((part) => part === cut_part),
      0,
    );
    let cut: Cut = { part: cut_part, after: cut_to, until: null, isLast: true };
    for (const [place, part] of parts.entries()) {
      if (place < begun || cut.until !== null) continue;
      const after = part === cut_part ? cut_to : '';
      const { until } = await this.people.next(audienceId, part, after, this.size);
      cut = { part, after, until, isLast: until === null };
    }
    return cut;
  }

  /** Blocks pause and cancel until the open transaction ends; false if one of them came first. */
  async mayStillExpand(campaignId: string): Promise<boolean> {
    const sql = `select from campaign where id = $1 and ${IN_EXPANSION} for no key update`;
    return (await this.database.query(sql, [campaignId])).length > 0;
  }

  /**
   * Expanded when all is cut and no chunk is left, unless it was the group of a test: then the rest is to come. The caller holds the campaign's row, so that of two last chunks the second
   * sees it.
   */
  async endIfThrough(campaignId: string): Promise<void> {
    const ended = await this.database.query(
      `update campaign set frozen_at = now() where id = $1 and all_cut and ${IN_EXPANSION} and variant_stage is distinct from 'test'
         and not exists (select from campaign_chunk where campaign_id = $1)
       returning id`,
      [campaignId],
    );
    if (ended.length > 0) await this.throttles.complete(campaignId);
  }
}

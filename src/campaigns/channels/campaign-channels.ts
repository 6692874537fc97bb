/** The channels of campaigns over several. One over a single channel has its own in the campaign's row, and none here. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Channel, ProviderName } from '../../tenants/index.js';
import { textsOf } from '../variants/asked-variants.js';
import { CampaignVariants, type VariantsPlan } from '../variants/campaign-variants.js';

/** A channel of a campaign, as it is drafted. */
export interface ChannelPlan {
  readonly channel: Channel;
  readonly templateKey: string;
  /** Null: the venue's default one. */
  readonly senderId: string | null;
}

/** A channel of a campaign with what was fixed at launch. */
export interface LaunchedChannel extends ChannelPlan {
  /** Its place in the sender's wish, from 1. */
  readonly place: number;
  readonly templateVersionId: string;
  readonly laneId: string;
  readonly provider: ProviderName;
  readonly senderAddress: string;
  readonly senderName: string | null;
  /** Assumed per message until it is rendered. */
  readonly segments: number;
}

/** A campaign's own row, which has the first. */
type OwnRow = Pick<ChannelPlan, 'channel' | 'templateKey'> & { readonly id: string; readonly senderId?: string | null };

@Injectable()
export class CampaignChannels {
  constructor(
    private readonly database: Database,
    private readonly variants: CampaignVariants,
  ) {}

  /** As drafted, in the sender's order. */
  async of({ id, channel, templateKey, senderId = null }: OwnRow): Promise<ChannelPlan[]> {
    const several = await this.database.query<ChannelPlan>(
      `select channel, template_key as "templateKey", sender_id as "senderId" from campaign_channel
       where campaign_id = $1 order by place`,
      [id],
    );
    return several.length > 0 ? several : [{ channel, templateKey, senderId }];
  }

  variantsOf(campaignId: string): Promise<VariantsPlan> {
    return this.variants.of(campaignId);
  }

  /** What it may send, as drafted: on each channel, or on its one channel each variant. */
  async texts(campaign: OwnRow): Promise<readonly ChannelPlan[]> {
    return textsOf(await this.of(campaign), (await this.variants.of(campaign.id)).variants);
  }

  /** In the open transaction. */
  async replace(campaignId: string, channels: readonly ChannelPlan[], variants: VariantsPlan): Promise<void> {
    await this.variants.replace(campaignId, variants);
    await this.database.query(`delete from campaign_channel where campaign_id = $1`, [campaignId]);
    if (channels.length === 1) return;
    await this.database.query(
      `insert into campaign_channel (campaign_id, place, channel, template_key, sender_id)
       select $1, place, channel, template_key, sender_id
       from unnest($2::text[], $3::text[], $4::uuid[]) with ordinality as given (channel, template_key, sender_id, place)`,
      [
        campaignId,
        channels.map(({ channel }) => channel),
        channels.map(({ templateKey }) => templateKey),
        channels.map(({ senderId }) => senderId),
      ],
    );
  }

  /** Writes down what a launch has fixed, in the open transaction. */
  async fix(campaignId: string, channels: readonly LaunchedChannel[]): Promise<void> {
    await this.database.query(
      `update campaign_channel set template_version_id = "templateVersionId", lane_id = "laneId", provider = fixed.provider,
         sender_address = "senderAddress", sender_name = "senderName", segments = fixed.segments
       from jsonb_to_recordset($2::jsonb) as fixed (place smallint, "templateVersionId" uuid, "laneId" uuid, provider text,
         "senderAddress" text, "senderName" text, segments smallint)
       where campaign_id = $1 and campaign_channel.place = fixed.place`,
      [campaignId, JSON.stringify(channels)],
    );
  }

  /** Of a launched campaign, in the sender's order; none of one over a single channel. */
  launched(campaignId: string): Promise<LaunchedChannel[]> {
    return this.database.query<LaunchedChannel>(
      `select place, channel, template_key as "templateKey", sender_id as "senderId", template_version_id as "templateVersionId",
         lane_id as "laneId", provider, sender_address as "senderAddress", sender_name as "senderName", segments
       from campaign_channel where campaign_id = $1 order by place`,
      [campaignId],
    );
  }

  /** Counts messages that were accepted, by the place of their channel; the caller holds the campaign's row. */
  async count(campaignId: string, messages: ReadonlyMap<number, number>): Promise<void> {
    await this.database.query(
      `update campaign_channel set messages = messages + more
       from unnest($2::smallint[], $3::bigint[]) as accepted (place, more)
       where campaign_id = $1 and campaign_channel.place = accepted.place`,
      [campaignId, [...messages.keys()], [...messages.values()]],
    );
  }
}

/** Which campaigns need a second person, what exactly is approved, and whether that still holds. */
import { Injectable } from '@nestjs/common';
import { allPeopleOf, contactsOf } from '../../audiences/index.js';
import { Database, iso } from '../../kernel/index.js';
import { addressKindOf, type Channel } from '../../tenants/index.js';
import { CampaignChannels } from '../channels/campaign-channels.js';
import type { Campaign } from '../campaign.entity.js';
import { CampaignReferences } from '../campaign-references.js';
import { ApprovalNeeded } from '../campaigns.errors.js';
import { Selections } from '../selection/selections.js';
import { ApprovalStore, type ApprovalRow } from './approval-store.js';
import { digestOf, mostOf, type ApprovedContent, type ApprovedStart, type ApprovedText } from './approval.rules.js';

/** What a launch fixes of a campaign. */
export interface Fixed {
  readonly texts: readonly (ApprovedText & { readonly channel: Channel })[];
  readonly category: string;
  readonly segmentRule: object | null;
}

/** A campaign as it stands, for whoever decides about it. */
export interface Review {
  readonly from: number | null;
  readonly people: number;
  /** Of what it sends, and of its start if it is scheduled. */
  readonly digest: string;
  /** The same whenever it starts. */
  readonly digestOfAnyStart: string;
  readonly approval: ApprovalRow | null;
}

/** Whether so many people need an approval. */
export const isNeeded = ({ from, people }: Pick<Review, 'from' | 'people'>): boolean => from !== null && people >= from;

@Injectable()
export class CampaignApprovals {
  constructor(
    private readonly database: Database,
    private readonly references: CampaignReferences,
    private readonly channels: CampaignChannels,
    private readonly selections: Selections,
    readonly store: ApprovalStore,
  ) {}

  /** Raises what CreateCampaign raises of references. */
  async review(campaign: Campaign): Promise<Review> {
    const fixed = await this.fixed(campaign);
    const counted = {
      from: await this.store.neededFrom(campaign.tenantId),
      people: await this.people(campaign, fixed),
    };
    return this.reviewOf(campaign, fixed, campaign.status === 'SCHEDULED', counted);
  }

  /** Whether a launch would be let through: one that was approved for its time only by its schedule. */
  holds({ approval, people, digest, digestOfAnyStart }: Review): boolean {
    if (approval?.state !== 'approved' || approval.people === null) return false;
    return [digest, digestOfAnyStart].includes(approval.digest ?? '') && people <= mostOf(approval.people);
  }

  /**
   * After a change, in its transaction: an approval of something else is taken back, and one that is needed for a schedule is asked for. Raises what
   * `review` raises.
   */
  async changed(campaign: Campaign): Promise<void> {
    const { id, tenantId } = campaign;
    const before = await this.store.of(id);
    if (!before && (await this.store.neededFrom(tenantId)) === null) return;
    const review = await this.review(campaign);
    if (this.holds(review)) return;
    const isWanted = campaign.status === 'SCHEDULED' && isNeeded(review);
    if (isWanted && before?.state !== 'awaiting')
      await this.store.ask(campaign, campaign.changedBy ?? campaign.createdBy);
    else if (!isWanted && before?.state === 'approved') await this.store.forget(id);
  }

  /**
   * In the transaction of a launch, of what it has fixed: how many people may be written to, null for any number. Raises
   * ApprovalNeeded.
   */
  async require(campaign: Campaign, isDue: boolean, fixed: Fixed): Promise<number | null> {
    const from = await this.store.neededFrom(campaign.tenantId);
    if (from === null) return null;
    const people = await this.people(campaign, fixed);
    if (!isNeeded({ from, people })) return from - 1;
    const review = await this.reviewOf(campaign, fixed, isDue, { from, people });
    if (!this.holds(review)) throw new ApprovalNeeded(people, from);
    return mostOf(review.approval?.people ?? 0);
  }

  /** With the digest of its start, if it starts by its schedule. */
  private async reviewOf(
    campaign: Campaign,
    fixed: Fixed,
    hasStart: boolean,
    counted: Pick<Review, 'from' | 'people'>,
  ): Promise<Review> {
    const content = await this.content(campaign, fixed);
    return {
      ...counted,
      digest: digestOf(content, hasStart ? startOf(campaign) : null),
      digestOfAnyStart: digestOf(content, null),
      approval: await this.store.of(campaign.id),
    };
  }

  private async fixed(campaign: Campaign): Promise<Fixed> {
    const { tenantId } = campaign;
    const resolved = await this.references.resolveAll(tenantId, campaign, await this.channels.texts(campaign));
    return {
      texts: resolved.map(({ channel, templateKey, template, route }) => ({
        channel,
        templateKey,
        templateVersionId: template.versionId,
        senderAddress: route.address,
      })),
      category: resolved[0]?.category ?? '',
      segmentRule: await this.selections.hold(tenantId, campaign),
    };
  }

  private async content(campaign: Campaign, fixed: Fixed): Promise<ApprovedContent> {
    const { variants, test } = await this.channels.variantsOf(campaign.id);
    return {
      texts: fixed.texts.map(({ channel, templateKey, templateVersionId, senderAddress }) => ({
        channel,
        templateKey,
        templateVersionId,
        senderAddress,
      })),
      shares: variants.map(({ share }) => share),
      test,
      category: fixed.category,
      venueId: campaign.venueId,
      audienceId: campaign.audienceId,
      segmentRule: fixed.segmentRule,
      frequencyCapDays: campaign.frequencyCapDays ?? null,
      attachments: campaign.attachments ?? [],
      usePreferredChannel: campaign.usePreferredChannel,
      expiresAt: iso(campaign.expiresAt ?? null),
    };
  }

  /** Who would be expanded: also those who would then be left out. */
  private async people({ tenantId, audienceId, segmentId }: Campaign, { texts }: Fixed): Promise<number> {
    const kinds = [...new Set(texts.map(({ channel }) => addressKindOf(channel)))];
    const isOfPeople = new Set(texts.map(({ channel }) => channel)).size > 1;
    const { members, values } = (await this.selections.now(tenantId, { audienceId, segmentId })).sql(3);
    const people = isOfPeople
      ? `select distinct person from (${allPeopleOf({ audience: '$1::uuid', kinds: '$2::text[]', members })}) as contact`
      : contactsOf({ audience: '$1::uuid', kind: 'any($2::text[])', members });
    const [counted] = await this.database.query<{ people: number }>(
      `select count(*)::int as people from (${people}) as asked`,
      [audienceId, kinds, ...values],
    );
    return counted?.people ?? 0;
  }
}

const startOf = ({ scheduledAt, localTime, ifPast }: Campaign): ApprovedStart => ({
  scheduledAt: iso(scheduledAt ?? null),
  localTime: localTime ?? null,
  ifPast: ifPast ?? null,
});

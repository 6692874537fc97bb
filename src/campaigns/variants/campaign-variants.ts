/** The variants of campaigns, and their tests. A campaign with a single template has none here. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Metric } from './winner.rules.js';

/** Who is written to, where there are several templates: all by their shares, the test group, or the rest. */
export type VariantStage = 'whole' | 'test' | 'rest';

/** A variant as it is drafted. */
export interface VariantPlan {
  readonly templateKey: string;
  /** In proportion to the others'. */
  readonly share: number;
}

/** A test as it is drafted. */
export interface TestPlan {
  /** Of all recipients. */
  readonly sharePercent: number;
  readonly durationMinutes: number;
  readonly metric: Metric;
  /** Delivered messages of each variant, for fewer of which nothing is concluded. */
  readonly minimum: number;
}

/** All that is tried; without variants a campaign sends its one template. */
export interface VariantsPlan {
  readonly variants: readonly VariantPlan[];
  /** Null: the shares are of all recipients. */
  readonly test: TestPlan | null;
}

/** A variant with what was fixed at launch. */
export interface LaunchedVariant extends VariantPlan {
  /** In the order of the draft, from 1. */
  readonly place: number;
  readonly templateVersionId: string;
  /** Assumed per message until it is rendered. */
  readonly segments: number;
}

/** What a chunk is written. */
export interface Launched {
  readonly variants: readonly LaunchedVariant[];
  readonly sharePercent: number | null;
  /** The place of the winner, once it is decided. */
  readonly winner: number | null;
}

@Injectable()
export class CampaignVariants {
  constructor(private readonly database: Database) {}

  /** As drafted. */
  async of(campaignId: string): Promise<VariantsPlan> {
    const variants = await this.database.query<VariantPlan>(
      `select template_key as "templateKey", share from campaign_variant where campaign_id = $1 order by place`,
      [campaignId],
    );
    const [test = null] = await this.database.query<TestPlan>(
      `select share_percent as "sharePercent", duration_minutes as "durationMinutes", metric, minimum
       from campaign_test where campaign_id = $1`,
      [campaignId],
    );
    return { variants, test };
  }

  /** In the open transaction. */
  async replace(campaignId: string, { variants, test }: VariantsPlan): Promise<void> {
    await this.database.query(`delete from campaign_variant where campaign_id = $1`, [campaignId]);
    await this.database.query(`delete from campaign_test where campaign_id = $1`, [campaignId]);
    if (variants.length === 0) return;
    await this.database.query(
      `insert into campaign_variant (campaign_id, place, template_key, share)
       select $1, place, template_key, share from unnest($2::text[], $3::smallint[]) with ordinality as given (template_key, share, place)`,
      [campaignId, variants.map(({ templateKey }) => templateKey), variants.map(({ share }) => share)],
    );
    if (!test) return;
    await this.database.query(
      `insert into campaign_test (campaign_id, share_percent, duration_minutes, metric, minimum) values ($1, $2, $3, $4, $5)`,
      [campaignId, test.sharePercent, test.durationMinutes, test.metric, test.minimum],
    );
  }

  /** Writes down what a launch has fixed, in the open transaction. */
  async fix(
    campaignId: string,
    variants: readonly Pick<LaunchedVariant, 'place' | 'templateVersionId' | 'segments'>[],
  ): Promise<void> {
    await this.database.query(
      `update campaign_variant set template_version_id = "templateVersionId", segments = fixed.segments
       from jsonb_to_recordset($2::jsonb) as fixed (place smallint, "templateVersionId" uuid, segments smallint)
       where campaign_id = $1 and campaign_variant.place = fixed.place`,
      [campaignId, JSON.stringify(variants)],
    );
  }

  /** Of a launched campaign. */
  async launched(campaignId: string): Promise<Launched> {
    const variants = await this.database.query<LaunchedVariant>(
      `select place, template_key as "templateKey", share, template_version_id as "templateVersionId", segments
       from campaign_variant where campaign_id = $1 order by place`,
      [campaignId],
    );
    const [test] = await this.database.query<Pick<Launched, 'sharePercent' | 'winner'>>(
      `select share_percent as "sharePercent", winner from campaign_test where campaign_id = $1`,
      [campaignId],
    );
    return { variants, sharePercent: test?.sharePercent ?? null, winner: test?.winner ?? null };
  }
}

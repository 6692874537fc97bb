/** Variants and their test as the API shows them. */
import { iso } from '../../kernel/index.js';
import type { CampaignTestView, CampaignVariantView } from './variants.dto.js';
import { VARIANTS } from './variants.sql.js';
import type { Metric, Reason } from './winner.rules.js';

export interface VariantRow {
  readonly place: number;
  readonly template_key: string;
  readonly share: number;
  readonly version: number | null;
  readonly sent: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
}

export interface TestRow {
  readonly share_percent: number;
  readonly duration_minutes: number;
  readonly metric: Metric;
  readonly minimum: number;
  readonly sent_at: string | null;
  readonly winner: number | null;
  readonly reason: Reason | null;
  readonly confidence_percent: number | null;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
}

/** SQL: VariantRows of a `campaign`; null for none. */
export const VARIANT_ROWS = `select jsonb_agg(to_jsonb(variant) order by place) from (${VARIANTS}) as variant`;
/** SQL: its TestRow; null for none. */
export const TEST_ROW = `select to_jsonb(test) from campaign_test as test where test.campaign_id = campaign.id`;

const MINUTE_MS = 60_000;

export const variantView = (row: VariantRow): CampaignVariantView => ({
  templateKey: row.template_key,
  templateVersion: row.version,
  share: row.share,
  sent: row.sent,
  delivered: row.delivered,
  opened: row.opened,
  clicked: row.clicked,
});

export function testView(row: TestRow | null, variants: readonly VariantRow[]): CampaignTestView | null {
  if (!row) return null;
  const { sent_at: sentAt, duration_minutes: durationMinutes, winner } = row;
  return {
    sharePercent: row.share_percent,
    durationMinutes,
    metric: row.metric,
    minimum: row.minimum,
    decidesAt: sentAt === null ? null : iso(new Date(Date.parse(sentAt) + durationMinutes * MINUTE_MS)),
    winner: variants.find(({ place }) => place === winner)?.template_key ?? null,
    reason: row.reason,
    confidencePercent: row.confidence_percent,
    decidedAt: iso(row.decided_at),
    decidedBy: row.decided_by,
  };
}

/** A campaign as the API shows it. Its counts are read in one statement, so they always add up. */
import { CAMPAIGN_BUDGETS, STOPPED_MONTHS } from '../billing/index.js';
import { HINDERED, type Hindrance } from '../dispatch/index.js';
import type { AttachmentRef } from '../files/index.js';
import { iso } from '../kernel/index.js';
import { countWaiting, statusCounts, type StatusCounts } from '../ledger/index.js';
import { TEMPLATE_VERSIONS } from '../templates/index.js';
import { TENANTS, type Category, type Channel } from '../tenants/index.js';
import { APPROVAL_ROW, type ApprovalRow } from './approval/approval-store.js';
import { approvalView } from './approval/approval.view.js';
import type { CampaignState } from './campaign.states.js';
import type {
  CampaignBudgetView,
  CampaignChannelView,
  CampaignLimitView,
  CampaignView,
  ProgressView,
  StoppingBudgetView,
} from './campaigns.dto.js';
import type { IfPast } from './hours/recipient-hour.rules.js';
import { wallClock } from './schedule-time.js';
import {
  TEST_ROW,
  testView,
  VARIANT_ROWS,
  variantView,
  type TestRow,
  type VariantRow,
} from './variants/variants.view.js';

/** A campaign's own budget of one measure. */
interface LimitRow extends CampaignLimitView {
  readonly measure: 'messages' | 'money';
  readonly hard: boolean;
}

export interface CampaignRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: CampaignState;
  readonly status_reason: string | null;
  readonly channel: Channel;
  /** Null for one over a single channel. */
  readonly several: readonly (CampaignChannelView & { readonly messages: number })[] | null;
  readonly use_preferred_channel: boolean;
  readonly attachments: AttachmentRef[] | null;
  readonly variants: readonly VariantRow[] | null;
  readonly test: TestRow | null;
  readonly category: Category | null;
  readonly venue_id: string;
  readonly sender_id: string | null;
  readonly template_key: string;
  readonly template_version: number | null;
  readonly audience_id: string;
  readonly segment_id: string | null;
  readonly frequency_cap_days: number | null;
  readonly scheduled_at: string | null;
  readonly local_time: string | null;
  readonly if_past: IfPast | null;
  readonly expires_at: string | null;
  readonly messages_per_minute: number | null;
  readonly pause_at_failure_percent: number | null;
  readonly approval: ApprovalRow | null;
  readonly created_by: string;
  readonly created_at: string;
  readonly launched_at: string | null;
  readonly sent_at: string | null;
  readonly timezone: string;
  readonly audience_count: string;
  readonly excluded: Record<string, number>;
  readonly frozen: boolean;
  readonly rate_per_second: number | null;
  readonly counts: StatusCounts;
  readonly waits_for: Hindrance | null;
  readonly waiting_for_hours: number;
  readonly budgets: readonly LimitRow[] | null;
  /** The measures of the tenant's budgets that have stopped messages as this one's. */
  readonly stopped_months: readonly LimitRow['measure'][] | null;
}

const SEVERAL = `
  select jsonb_agg(jsonb_build_object('channel', step.channel, 'templateKey', step.template_key, 'senderId', step.sender_id,
    'templateVersion', version.version, 'messages', step.messages) order by step.place)
  from campaign_channel as step left join ${TEMPLATE_VERSIONS} as version on version.id = step.template_version_id
  where step.campaign_id = campaign.id`;

const BUDGETS = `
  select jsonb_agg(jsonb_build_object('measure', measure, 'hard', hard, 'limit', amount, 'currency', currency, 'used', used,
    'reserved', reserved, 'stoppedAt', stopped_at, 'warnings', warnings))
  from ${CAMPAIGN_BUDGETS} as budget where campaign_id = campaign.id`;
const MONTHS = `
  select jsonb_agg(measure order by measure) from ${STOPPED_MONTHS} as month
  where month.tenant_id = campaign.tenant_id and not coalesce(campaign.category = any(exempt), false)`;

/** Selects CampaignRows; append the conditions. */
export const SELECT_CAMPAIGNS = `
  select campaign.*, template_version.version as template_version, tenant.timezone, frozen_at is not null as frozen,
    ${statusCounts('campaign.id')} as counts, (${SEVERAL}) as several, (${VARIANT_ROWS}) as variants, (${TEST_ROW}) as test, (${APPROVAL_ROW}) as approval, (${BUDGETS}) as budgets, (${MONTHS}) as stopped_months,
    (select state from ${HINDERED} as hindered where hindered.campaign_id = campaign.id) as waits_for,
    ${countWaiting('campaign.id', 'campaign.tenant_id', 'quiet_hours')} as waiting_for_hours
  from campaign join ${TENANTS} as tenant on tenant.id = campaign.tenant_id
  left join ${TEMPLATE_VERSIONS} as template_version on template_version.id = template_version_id`;

/** Statuses of messages that may still be sent. */
export const REMAINING = ['scheduled', 'queued', 'sending'] as const;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

export const remainingOf = (counts: StatusCounts): number =>
  REMAINING.reduce((total, status) => total + (counts[status] ?? 0), 0);

const byChannelOf = ({
  channel,
  several,
  counts,
}: Pick<CampaignRow, 'channel' | 'several' | 'counts'>): Record<string, number> =>
  Object.fromEntries(
    (several ?? [{ channel, messages: sum(counts) }])
      .filter(({ messages }) => messages > 0)
      .map((step) => [step.channel, step.messages]),
  );

export function progressView(
  row: Pick<
    CampaignRow,
    'audience_count' | 'frozen' | 'excluded' | 'counts' | 'rate_per_second' | 'status' | 'channel' | 'several'
  >,
): ProgressView {
  const remaining = remainingOf(row.counts);
  const rate = row.status === 'SENDING' ? row.rate_per_second : null;
  const isForeseen = row.frozen && row.counts.scheduled === undefined;
  return {
    audience: Number(row.audience_count),
    frozen: row.frozen,
    excluded: sum(row.excluded),
    excludedBy: row.excluded,
    messages: sum(row.counts),
    byStatus: row.counts,
    byChannel: byChannelOf(row),
    remaining,
    ratePerSecond: rate === null ? null : Math.round(rate * 10) / 10,
    finishesAt: rate !== null && rate > 0 && isForeseen ? iso(new Date(Date.now() + (remaining / rate) * 1_000)) : null,
  };
}

function channelsOf(row: CampaignRow): CampaignChannelView[] {
  const { channel, template_key: templateKey, sender_id: senderId, template_version: templateVersion } = row;
  return (row.several ?? [{ channel, templateKey, senderId, templateVersion }]).map((step) => ({
    channel: step.channel,
    templateKey: step.templateKey,
    senderId: step.senderId,
    templateVersion: step.templateVersion,
  }));
}

function budgetView(rows: readonly LimitRow[] | null): CampaignBudgetView | null {
  const [first] = rows ?? [];
  if (!first) return null;
  const limitOf = (measure: LimitRow['measure']): CampaignLimitView | null => {
    const row = rows?.find((one) => one.measure === measure);
    if (!row) return null;
    const { limit, currency, used, reserved, stoppedAt, warnings } = row;
    return {
      limit,
      currency,
      used,
      reserved,
      stoppedAt: iso(stoppedAt),
      warnings: warnings.map(({ percent, reachedAt }) => ({ percent, reachedAt: iso(reachedAt) })),
    };
  };
  return { hard: first.hard, messages: limitOf('messages'), money: limitOf('money') };
}

const stoppedBy = (
  own: readonly LimitRow[] | null,
  months: readonly LimitRow['measure'][] | null,
): StoppingBudgetView[] => [
  ...(own ?? []).flatMap(({ measure, stoppedAt }) =>
    stoppedAt === null ? [] : [{ of: 'campaign' as const, measure }],
  ),
  ...(months ?? []).map((measure) => ({ of: 'tenant' as const, measure })),
];

const scheduledLocal = ({ scheduled_at: at, local_time: local, timezone }: CampaignRow): string | null =>
  local ?? (at === null ? null : wallClock(new Date(at), timezone));

export function campaignView(row: CampaignRow): CampaignView {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    status: row.status,
    statusReason: row.status_reason,
    waitsFor: row.waits_for,
    waitingForHours: row.waiting_for_hours,
    stoppedBy: row.waits_for === 'over_budget' ? stoppedBy(row.budgets, row.stopped_months) : [],
    budget: budgetView(row.budgets),
    channel: row.channel,
    channels: channelsOf(row),
    attachments: row.attachments ?? [],
    variants: (row.variants ?? []).map(variantView),
    test: testView(row.test, row.variants ?? []),
    usePreferredChannel: row.use_preferred_channel,
    category: row.category,
    venueId: row.venue_id,
    senderId: row.sender_id,
    templateKey: row.template_key,
    templateVersion: row.template_version,
    audienceId: row.audience_id,
    segmentId: row.segment_id,
    frequencyCapDays: row.frequency_cap_days,
    scheduledAt: iso(row.scheduled_at),
    scheduledLocal: scheduledLocal(row),
    inZone: row.local_time === null ? 'tenant' : 'recipient',
    ifPast: row.if_past,
    expiresAt: iso(row.expires_at),
    messagesPerMinute: row.messages_per_minute,
    pauseAtFailurePercent: row.pause_at_failure_percent,
    approval: approvalView(row.approval),
    createdBy: row.created_by,
    createdAt: iso(row.created_at),
    launchedAt: iso(row.launched_at),
    sentAt: iso(row.sent_at),
    progress: progressView(row),
  };
}

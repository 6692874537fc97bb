/** A send to many: what, to whom, when, and its progress. */
import { defineEntity, p } from '@mikro-orm/core';
import type { AttachmentRef } from '../files/index.js';
import type { Category, Channel } from '../tenants/index.js';
import type { CampaignState } from './campaign.states.js';
import type { IfPast } from './hours/recipient-hour.rules.js';
import type { VariantStage } from './variants/campaign-variants.js';

const CampaignSchema = defineEntity({
  name: 'Campaign',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    name: p.text(),
    description: p.text().nullable(),
    /** Of several channels the first, as are its template and sender. */
    channel: p.text().$type<Channel>(),
    /** Null: the template's. */
    category: p.text().$type<Category>().nullable(),
    venueId: p.uuid(),
    senderId: p.uuid().nullable(),
    templateKey: p.text(),
    audienceId: p.uuid(),
    /** Null: the whole audience. */
    segmentId: p.uuid().nullable(),
    /** Who a campaign wrote to in the last so many days is left out. Null: nobody. */
    frequencyCapDays: p.smallint().nullable(),
    /** What its emails carry, beside what their templates do. */
    attachments: p.json<AttachmentRef[]>().nullable(),
    usePreferredChannel: p.boolean().default(true),
    status: p.text().$type<CampaignState>().default('DRAFT'),
    /** Why it is paused or failed, in a sentence. */
    statusReason: p.text().nullable(),
    /** When it starts. */
    scheduledAt: p.datetime().nullable(),
    /** When each recipient gets it, on their own clock: without a zone. Null: once it has started. */
    localTime: p.text().nullable(),
    /** What somebody gets for whom that has passed at the start. */
    ifPast: p.text().$type<IfPast>().nullable(),
    expiresAt: p.datetime().nullable(),
    messagesPerMinute: p.integer().nullable(),
    /** Pause when more than this share of sent messages has failed. Null: never. */
    pauseAtFailurePercent: p.integer().nullable(),
    createdBy: p.text(),
    /** Who changed or scheduled it last, before its launch. */
    changedBy: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      .onUpdate(() => new Date()),
    launchedAt: p.datetime().nullable(),
    sentAt: p.datetime().nullable(),
    /** When it became final. */
    endedAt: p.datetime().nullable(),
    /** What was fixed at launch. */
    templateVersionId: p.uuid().nullable(),
    laneId: p.uuid().nullable(),
    provider: p.text().nullable(),
    senderAddress: p.text().nullable(),
    senderName: p.text().nullable(),
    /** The segment's rule. */
    segmentRule: p.json<Record<string, unknown>>().nullable(),
    /** Of several templates: who is written to. Null for one. */
    variantStage: p.text().$type<VariantStage>().nullable(),
    /** Segments assumed per message until it is rendered. */
    segments: p.smallint().nullable(),
    /** Of several channels: contacts that became other people's later are not counted again. */
    audienceGeneration: p.integer().nullable(),
    /** How many people were approved, or need no approval. Null: any number. */
    peopleAtMost: p.integer().nullable(),
    /** Whether more came while it was expanded: expansion stops until it is resumed. */
    outgrown: p.boolean().default(false),
  },
});

export class Campaign extends CampaignSchema.class {}
CampaignSchema.setClass(Campaign);

/** A send to many: what, to whom, when, and its progress. */
import { defineEntity, p } from '@mikro-orm/core';
import type { Category, Channel } from '../tenants/index.js';
import type { CampaignState } from './campaign.states.js';

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
    usePreferredChannel: p.boolean().default(true),
    status: p.text().$type<CampaignState>().default('DRAFT'),
    /** Why it is paused or failed, in a sentence. */
    statusReason: p.text().nullable(),
    scheduledAt: p.datetime().nullable(),
    expiresAt: p.datetime().nullable(),
    messagesPerMinute: p.integer().nullable(),
    /** Pause when more than this share of sent messages has failed. Null: never. */
    pauseAtFailurePercent: p.integer().nullable(),
    createdBy: p.text(),
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
    /** Segments assumed per message until it is rendered. */
    segments: p.smallint().nullable(),
    /** Of several channels: contacts that became other people's later are not counted again. */
    audienceGeneration: p.integer().nullable(),
  },
});

export class Campaign extends CampaignSchema.class {}
CampaignSchema.setClass(Campaign);

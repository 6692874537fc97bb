/** A place or brand under a tenant: consent and senders are scoped to it. */
import { defineEntity, p } from '@mikro-orm/core';

/** Texts by the keyword that they answer, where the provider answers nothing itself. */
export interface KeywordReplies {
  readonly stop?: string;
  readonly help?: string;
  readonly start?: string;
  /** The provider was told to answer none of its own words. */
  readonly isProviderSilent?: boolean;
}

/** Whom what people write is forwarded to, by email. */
export interface ForwardTo {
  /** Normalised; not empty. */
  readonly emails: readonly string[];
  readonly language: 'en' | 'de';
}

const VenueSchema = defineEntity({
  name: 'Venue',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    name: p.text(),
    externalId: p.text().nullable(),
    /** Where it takes mail of people who want to leave its marketing. */
    unsubscribeEmail: p.text().nullable(),
    /** What it answers to keywords; null: nothing. */
    keywordReplies: p.json<KeywordReplies>().nullable(),
    /** Null: to nobody. */
    forwardTo: p.json<ForwardTo>().nullable(),
    /** The default for messages that name no venue; created with the tenant. */
    isDefault: p.boolean().default(false),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

export class Venue extends VenueSchema.class {}
VenueSchema.setClass(Venue);

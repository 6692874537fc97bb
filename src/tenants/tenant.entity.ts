/** A customer of the platform, and its switches. */
import { defineEntity, p } from '@mikro-orm/core';
import type { RequestsPerMinute } from '../kernel/index.js';
import type { NumberType, ProviderChoice } from '../providers/index.js';
import type { QuietHours } from './quiet-hours.dto.js';
import type { Retention } from './retention.dto.js';
import { consentChannel, type Category, type Channel } from './channels.js';

/** The numbers that are rented for venues as they send their first text. */
export interface AutoNumbers {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly type: NumberType;
  readonly areaCode?: string | undefined;
}

const TenantSchema = defineEntity({
  name: 'Tenant',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    name: p.text(),
    slug: p.text(),
    timezone: p.text(),
    currency: p.text(),
    country: p.text().nullable(),
    emailEnabled: p.boolean().default(true),
    smsEnabled: p.boolean().default(true),
    whatsappEnabled: p.boolean().default(true),
    voiceEnabled: p.boolean().default(true),
    requireOptIn: p.array().$type<string[]>().default([]),
    requireVenueId: p.boolean().default(false),
    requireUnsubscribeLink: p.boolean().default(true),
    requireIdentification: p.boolean().default(false),
    maxNumbers: p.integer().default(10),
    plan: p.text().default('standard'),
    autoNumbers: p.json().$type<AutoNumbers>().nullable(),
    defaultProviders: p.json().$type<ProviderChoice>().defaultRaw(`'{}'`),
    marketingProviders: p.json().$type<ProviderChoice>().defaultRaw(`'{}'`),
    giveUpDoubts: p.array().$type<Category[]>().default([]),
    retryUncertain: p.array().$type<Category[]>().default([]),
    requestsPerMinute: p.json().$type<RequestsPerMinute>().defaultRaw(`'{}'`),
    linkHosts: p.array().$type<string[]>().default([]),
    allowedCountries: p.array().$type<string[]>().nullable(),
    quietHours: p.json().$type<QuietHours>().nullable(),
    retention: p.json().$type<Retention>().nullable(),
    /** From how many people on a campaign needs a second person. Null: none does. */
    campaignApprovalFrom: p.integer().nullable(),
    linkCategories: p.array().$type<Category[]>().default(['marketing']),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      .onUpdate(() => new Date()),
  },
});

export class Tenant extends TenantSchema.class {
  /** Whether the tenant sends on a channel at all; SMS and MMS share one switch. */
  sendsOn(channel: Channel): boolean {
    switch (consentChannel(channel)) {
      case 'email':
        return this.emailEnabled;
      case 'sms':
        return this.smsEnabled;
      case 'whatsapp':
        return this.whatsappEnabled;
      case 'voice':
        return this.voiceEnabled;
    }
  }
}
TenantSchema.setClass(Tenant);

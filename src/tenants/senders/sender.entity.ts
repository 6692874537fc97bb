/** An address or number that a venue sends from, through a provider account. */
import { defineEntity, p } from '@mikro-orm/core';
import type { Category, Channel } from '../channels.js';
import { ProviderAccount } from '../provider-accounts/provider-account.entity.js';

/** `inactive` may become active again; `released` is final: the address belongs to nobody here any more. */
export const SENDER_STATUSES = ['active', 'inactive', 'released'] as const;
export type SenderStatus = (typeof SENDER_STATUSES)[number];

const SenderSchema = defineEntity({
  name: 'Sender',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    venueId: p.uuid(),
    channel: p.text().$type<Channel>(),
    address: p.text(),
    displayName: p.text().nullable(),
    providerAccount: () => p.manyToOne(ProviderAccount),
    status: p.text().$type<SenderStatus>().default('active'),
    /** Of its venue and channel: exactly one of those that are not released. */
    isDefault: p.boolean().default(false),
    /** Categories in which it speaks in place of the default: of its venue and channel one each. */
    defaultFor: p.array().$type<Category[]>().default([]),
    ratePerSecond: p.float().nullable(),
    fallbackSenderId: p.uuid().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      .onUpdate(() => new Date()),
  },
});

export class Sender extends SenderSchema.class {}
SenderSchema.setClass(Sender);

/** Credentials at one provider: a tenant's own, or the platform's if `tenantId` is null (those are in the environment). */
import { defineEntity, p } from '@mikro-orm/core';
import type { ProviderName } from '../channels.js';

const ProviderAccountSchema = defineEntity({
  name: 'ProviderAccount',
  properties: {
    id: p.uuid().primary(),
    tenantId: p.uuid().nullable(),
    provider: p.text().$type<ProviderName>(),
    name: p.text(),
    /** The provider's public id of the account, such as Twilio's account SID or AWS's access key id; null if it has none. */
    externalId: p.text().nullable(),
    /** JSON, encrypted: see `sealed`. */
    credentials: p.text().nullable().hidden().lazy(),
    /** Counts replacements of the credentials. */
    version: p.integer().default(1),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p
      .datetime()
      .defaultRaw('now()')
      .onUpdate(() => new Date()),
  },
});

export class ProviderAccount extends ProviderAccountSchema.class {}
ProviderAccountSchema.setClass(ProviderAccount);

/** The current state: may this venue contact this address on this channel? */
import { defineEntity, p } from '@mikro-orm/core';

/** A person's decision. Without one the state is `unknown`, which is never stored. */
export const DECISIONS = ['opted_in', 'opted_out'] as const;
export type Decision = (typeof DECISIONS)[number];

export const CONSENT_STATUSES = [...DECISIONS, 'unknown'] as const;
export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

const ConsentSchema = defineEntity({
  name: 'Consent',
  properties: {
    venueId: p.uuid().primary(),
    channel: p.text().primary(),
    address: p.text().primary().hidden(),
    tenantId: p.uuid(),
    status: p.text().$type<Decision>(),
    source: p.text(),
    /** When the person decided it. */
    occurredAt: p.datetime(),
    /** When we learned of it. */
    updatedAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
});

export class Consent extends ConsentSchema.class {}
ConsentSchema.setClass(Consent);

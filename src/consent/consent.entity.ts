/** The current state: may this venue contact this address on this channel? */
import { defineEntity, p } from '@mikro-orm/core';

/** A person's decision. Without one the state is `unknown`: of a row, that its person left marketing and decided nothing else. */
export const DECISIONS = ['opted_in', 'opted_out'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What an opt-out may be of alone; of everything where it names none. */
export const OPT_OUT_CATEGORIES = ['marketing'] as const;
export type OptOutCategory = (typeof OPT_OUT_CATEGORIES)[number];

export const CONSENT_STATUSES = [...DECISIONS, 'unknown'] as const;
export type ConsentStatus = (typeof CONSENT_STATUSES)[number];

const ConsentSchema = defineEntity({
  name: 'Consent',
  properties: {
    venueId: p.uuid().primary(),
    channel: p.text().primary(),
    address: p.text().primary().hidden(),
    tenantId: p.uuid(),
    /** What the person decided about everything. */
    status: p.text().$type<ConsentStatus>(),
    source: p.text(),
    /** When the person decided it. */
    occurredAt: p.datetime(),
    /** When the person last left marketing, which holds until a later opt-in; null if never. */
    marketingOutAt: p.datetime().nullable(),
    marketingOutSource: p.text().nullable(),
    /** When we learned of it. */
    updatedAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
});

export class Consent extends ConsentSchema.class {}
ConsentSchema.setClass(Consent);

/** One row of the append-only consent log: who decided what, when, with evidence. */
import { defineEntity, p } from '@mikro-orm/core';
import type { ConsentStatus, Decision, OptOutCategory } from './consent.entity.js';

const ConsentEventSchema = defineEntity({
  name: 'ConsentEvent',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    venueId: p.uuid(),
    channel: p.text(),
    address: p.text().hidden(),
    status: p.text().$type<Decision>(),
    /** What an opt-out is of; null for everything. */
    category: p.text().$type<OptOutCategory>().nullable(),
    /** The state when this was recorded. */
    previousStatus: p.text().$type<ConsentStatus>(),
    source: p.text(),
    evidence: p.json<Record<string, unknown>>().nullable(),
    actor: p.text(),
    occurredAt: p.datetime(),
    recordedAt: p.datetime().defaultRaw('clock_timestamp()'),
  },
});

export class ConsentEvent extends ConsentEventSchema.class {}
ConsentEventSchema.setClass(ConsentEvent);

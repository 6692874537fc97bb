/** All measures, in the order in which they run and are reported. */
import type { Measure } from '../bench.js';
import { archives } from './archive.js';
import { budget } from './budget.js';
import { busEvents } from './bus.js';
import { calls } from './calls.js';
import { capacity } from './capacity.js';
import { deliveries } from './deliveries.js';
import { estimate } from './estimate.js';
import { expansion } from './expansion.js';
import { countedLinks } from './links.js';
import { idle } from './idle.js';
import { memory } from './memory.js';
import { apiRequests, eventRequests, webhookRequests } from './requests.js';
import { reports } from './reports.js';
import { rollup } from './rollup.js';
import { segments } from './segments.js';
import { telemetry } from './telemetry.js';
import { timers } from './timers.js';
import { tickets } from './tickets.js';
import { throughput, throughputOnRedis, throughputThrough } from './throughput.js';

export const MEASURES: readonly Measure[] = [
  throughput('sms'),
  throughput('email'),
  throughputThrough({ channel: 'email', provider: 'sendgrid', batchSize: 250 }),
  throughputThrough({ channel: 'sms', provider: 'plivo', batchSize: 1 }),
  throughputOnRedis('sms'),
  throughputOnRedis('email'),
  budget,
  estimate,
  segments,
  expansion,
  apiRequests,
  webhookRequests,
  eventRequests,
  busEvents,
  timers,
  tickets,
  calls,
  memory,
  idle,
  archives,
  reports,
  rollup,
  telemetry,
  deliveries,
  countedLinks('email'),
  countedLinks('sms'),
  capacity,
];

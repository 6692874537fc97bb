/** What makes each alert rule fire, and what ends it: things that happen to a service whose workers rest. */
import { CommandBus } from '@nestjs/cqrs';
import { PumpingAlarms, SenderPauses } from '../../src/consent/index.js';
import { DeadLetters } from '../../src/automations/events/dead-letters.js';
import { CallDurations } from '../../src/dispatch/drain/call-durations.js';
import type { ClaimedMessage } from '../../src/ledger/index.js';
import { Admission, DeploymentFacts, DomainEvents, Schedules } from '../../src/kernel/index.js';
import { MessagesFailed, MessagesSent, Transitions, type Moved } from '../../src/ledger/index.js';
import { TakeEvents } from '../../src/automations/events/take-events.command.js';
import { advance, automate, happen, template } from '../support/automations.js';
import { until } from '../../harness/until.js';
import { newCustomer, openHost } from '../support/host.js';
import { send, text } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import type { TestApp, Tenant } from '../support/test-app.js';

/** A service, and a tenant of it. */
export interface Scene {
  readonly app: TestApp;
  readonly tenant: Tenant;
  readonly venueId: string;
}

export interface Condition {
  begin(scene: Scene): Promise<unknown>;
  end(scene: Scene): Promise<unknown>;
  /** Of the alert that is expected. */
  readonly labels: Readonly<Record<string, string>>;
}

const sql =
  (statement: string) =>
  ({ app }: Scene): Promise<object[]> =>
    app.database.query(statement);

const moved = (fields: Partial<Moved>): Moved => ({
  id: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
  tenant_id: '0199f3a0-6b2d-7a11-8c3e-5d6f7a8b9c0d',
  channel: 'sms',
  category: 'transactional',
  provider: 'twilio',
  status: 'sent',
  previous: 'sending',
  error_code: null,
  first_sent: false,
  ...fields,
});
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

/** The window is over in which it was counted. */
const later = sql(`update alert_count set minute = minute - interval '1 hour'`);

/** The text is in the lane from then on, for so long. */
async function textWaits({ app, tenant, venueId }: Scene, interval: string): Promise<string> {
  const id = await send(app, tenant, text({ venueId }));
  await app.database.query(`update pending set ready_at = now() - $2::interval where message_id = $1`, [id, interval]);
  return id;
}
const noneWaits = sql(`delete from pending`);

/** For the test's whole run: it says so in advance. */
const aWorkerLives = sql(
  `insert into process (id, role, name, version, seen_at) values (uuidv7(), 'worker', 'living', '0.1.0', now() + interval '1 hour')`,
);

const openBreaker = `
  update lane set rest_until = now() + interval '1 hour', rests = 3, rest_reason = 'no_answer', rest_code = 'http-502'
  where channel = 'sms'`;

export const CONDITIONS: Readonly<Record<string, Condition>> = {
  'failure-rate': {
    begin: async ({ app }) => {
      const sent = times(57, moved({ first_sent: true }));
      const failed = [moved({ status: 'failed' }), moved({ status: 'undelivered', previous: 'sent' })];
      await app.nest.get(DomainEvents).publish([new MessagesSent(sent), new MessagesFailed([...failed, ...failed])]);
    },
    end: later,
    labels: { channel: 'sms', provider: 'twilio' },
  },
  'signature-failures': {
    begin: async ({ app }) => {
      const status = { AccountSid: `AC${'0'.repeat(32)}`, MessageSid: `SM${'0'.repeat(32)}`, MessageStatus: 'sent' };
      const post = () => app.http.post('/webhook/twilio').set('x-twilio-signature', 'bm8=').type('form').send(status);
      for (const expected of times(6, 403)) await post().expect(expected);
    },
    end: later,
    labels: { provider: 'twilio' },
  },
  'provider-latency': {
    begin: ({ app }) => {
      const calls = app.nest.get(CallDurations);
      const email = [{ channel: 'email', trace: null } as ClaimedMessage];
      const slow = async (): Promise<[]> => {
        const begun = performance.now();
        await until(() => performance.now() - begun > 2_050);
        return [];
      };
      return Promise.all([
        ...times(19, undefined).map(() => calls.measure('ses', email, () => Promise.resolve([]))),
        ...times(2, undefined).map(() => calls.measure('ses', email, slow)),
      ]);
    },
    end: later,
    labels: { channel: 'email', provider: 'ses' },
  },
  'open-breakers': {
    begin: async (scene) => {
      await textWaits(scene, '1 second');
      await sql(openBreaker)(scene);
    },
    end: async (scene) => {
      await sql(`update lane set rest_until = '-infinity', rests = 0, rest_reason = null, rest_code = null`)(scene);
      await noneWaits(scene);
    },
    labels: { provider: 'twilio', reason: 'no_answer' },
  },
  'messages-in-doubt': {
    begin: async (scene) => {
      const messageId = await textWaits(scene, '1 second');
      const transitions = scene.app.nest.get(Transitions);
      await transitions.apply([{ messageId, status: 'unknown', reason: 'no_answer' }], 'dispatch');
    },
    end: async ({ app }) => {
      const doubts = await app.database.query<{ id: string }>(`select message_id as id from doubt`);
      const delivered = doubts.map(({ id }) => ({ messageId: id, status: 'delivered' }) as const);
      await app.nest.get(Transitions).apply(delivered, 'webhook');
    },
    labels: {},
  },
  'lane-age': {
    begin: (scene) => textWaits(scene, '301 seconds'),
    end: noneWaits,
    labels: { channel: 'sms' },
  },
  'inbox-age': {
    begin: sql(
      `insert into inbox (provider, dedupe_key, account_ids, event, received_at)
       values ('twilio', 'late', '{}', '{"kind":"status"}', now() - interval '3 minutes')`,
    ),
    end: sql(`delete from inbox`),
    labels: {},
  },
  'dead-letters': {
    begin: ({ app }) => app.nest.get(DeadLetters).add('queue', 'job 1', 'unknown_tenant'),
    end: sql(`update event_dead_letter set refused_at = now() - interval '25 hours'`),
    labels: { origin: 'queue' },
  },
  'events-late': {
    begin: async (scene) => {
      await happen(scene.app, scene.tenant, 'guest.left', {});
      await sql(`update pending_event set received_at = now() - interval '6 minutes'`)(scene);
    },
    end: ({ app }) => advance(app),
    labels: {},
  },
  'runs-late': {
    begin: async (scene) => {
      const { app, tenant } = scene;
      await openHost(app, tenant);
      await template(app, tenant, 'hello', { channel: 'sms', body: 'Hello {{ customer.name }}' });
      await automate(app, tenant, {
        trigger: 'guest.came',
        steps: [{ send: { templates: ['hello'] } }],
      });
      const { id } = await newCustomer(app, tenant);
      await happen(app, tenant, 'guest.came', { customerId: id });
      await app.nest.get(CommandBus).execute(new TakeEvents());
      await sql(`update automation_run set due_at = now() - interval '6 minutes'`)(scene);
    },
    end: sql(`update automation_run set due_at = null, status = 'stopped'`),
    labels: {},
  },
  'no-worker': {
    begin: sql(`delete from process`),
    end: aWorkerLives,
    labels: {},
  },
  'lost-worker': {
    begin: sql(
      `insert into process (id, role, name, version, seen_at)
       values (uuidv7(), 'worker', 'killed', '0.1.0', now() - interval '31 seconds')`,
    ),
    end: sql(`delete from process where name = 'killed'`),
    labels: {},
  },
  'stalled-schedule': {
    begin: sql(`insert into schedule (name, last_started_at) values ('make-months', now() - interval '32 minutes')`),
    end: sql(`update schedule set last_started_at = now() where name = 'make-months'`),
    labels: { schedule: 'make-months' },
  },
  'failing-schedule': {
    begin: async ({ app }) => {
      const schedules = app.nest.get(Schedules);
      for (const error of times(4, new Error('no'))) await schedules.once('failing', 0, () => Promise.reject(error));
    },
    end: later,
    labels: { schedule: 'failing' },
  },
  'requests-shed': {
    begin: async ({ app }) => {
      const admission = app.nest.get(Admission);
      await Promise.allSettled(times(200, 'somebody').map((owner) => admission.enter('batch', owner)));
      for (const _ of times(app.config.limits.batches, 0)) admission.leave('batch');
    },
    end: later,
    labels: { kind: 'batch' },
  },
  'consumer-lag': {
    begin: async (scene) => {
      await textWaits(scene, '1 second');
      await sql(`update message_event set at = now() - interval '90 seconds'`)(scene);
    },
    end: async (scene) => {
      await sql(`update message_event set at = now()`)(scene);
      await noneWaits(scene);
    },
    labels: { consumer: 'usage' },
  },
  'months-missing': {
    begin: async (scene) => {
      const [last] = await scene.app.database.query<{ suffix: string }>(
        `select to_char(now() + interval '2 months', 'YYYY_MM') as suffix`,
      );
      for (const table of ['message', 'message_event']) await sql(`drop table ${table}_${last?.suffix}`)(scene);
    },
    end: sql(`select ensure_months(3)`),
    labels: {},
  },
  'months-open': {
    begin: async (scene) => {
      const { app, tenant } = scene;
      await sql(`update tenant set created_at = '2026-01-10'`)(scene);
      await app.admin(tenant.id).post('/api/statements/2026-01/close').expect(200);
    },
    end: sql(`update billing_close set closed_through = date_trunc('month', now())`),
    labels: {},
  },
  'paused-senders': {
    begin: async ({ app, tenant }) => {
      const sender = { tenantId: tenant.id, channel: 'email', address: 'news@venue.example' } as const;
      await app.nest.get(SenderPauses).begin({ ...sender, reason: 'bounces', sent: 100, bounces: 60, complaints: 0 });
    },
    end: sql(`update sender_pause set resumed_at = now(), resumed_by = 'admin'`),
    labels: {},
  },
  pumping: {
    begin: async ({ app, tenant }) => {
      const range = { prefix: '+9477123', country: 'LK', reason: 'adjacent_numbers', blocks: true } as const;
      const counts = { numbers: 42, messages: 51, usual: 0, priceMicros: null, priceCurrency: null, holdMinutes: 60 };
      await app.nest.get(PumpingAlarms).begin({ tenantId: tenant.id, ...range, ...counts });
    },
    end: sql(`update pumping_alarm set ended_at = now(), ended_by = 'rule'`),
    labels: { mode: 'block' },
  },
  'budgets-reached': {
    begin: async (scene) => {
      const { app, tenant } = scene;
      const budget = { period: 'month', measure: 'messages', limit: 1, hard: true, exempt: [] };
      await app.as(tenant).put('/api/budgets').send(budget).expect(200);
      await sql(`update budget set stopped_at = now()`)(scene);
    },
    end: sql(`update budget set stopped_at = null`),
    labels: {},
  },
  'usage-sums': {
    begin: ({ app }) => app.nest.get(DeploymentFacts).write('usage_wrong_sums', '2'),
    end: ({ app }) => app.nest.get(DeploymentFacts).write('usage_wrong_sums', '0'),
    labels: {},
  },
  'report-sums': {
    begin: ({ app }) => app.nest.get(DeploymentFacts).write('report_wrong_sums', '1'),
    end: ({ app }) => app.nest.get(DeploymentFacts).write('report_wrong_sums', '0'),
    labels: {},
  },
  'reconciliation-differences': {
    begin: sql(
      `insert into reconciliation (provider_account_id, provider, day, every_message, requested_by, state, finished_at, counts)
       select id, provider, current_date - 1, true, 'schedule', 'done', now(), '{"missing_here": 2, "price_differs": 1}'
       from provider_account where provider = 'twilio' limit 1`,
    ),
    end: async (scene) => {
      await sql(`alter table reconciliation disable trigger user`)(scene); // a day passes, and nobody changes it
      await sql(`update reconciliation set finished_at = now() - interval '25 hours'`)(scene);
      await sql(`alter table reconciliation enable trigger user`)(scene);
    },
    labels: { provider: 'twilio' },
  },
  'notices-given-up': {
    begin: sql(
      `with written as (
         insert into notice (kind, subject, payload, letters) values ('gate.closed', 'gate 9', '{}', '{}') returning id
       )
       insert into notice_delivery (notice_id, to_operator, channel, address, host, language, state, due_at, finished_at)
       select id, true, 'url', 'https://hooks.example/', 'hooks.example', 'en', 'given_up', null, now() from written`,
    ),
    end: sql(`update notice_delivery set finished_at = now() - interval '25 hours' where state = 'given_up'`),
    labels: {},
  },
};

/** A tenant with a number, in a service that has a worker. */
export const sceneOf = async (app: TestApp): Promise<Scene> => {
  const tenant = await app.tenant();
  const { venueId } = await venueWith(app, tenant, 'sms');
  const scene = { app, tenant, venueId };
  await aWorkerLives(scene);
  return scene;
};

/** Metrics: those that are served are those that are documented, and their series are few. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'supertest';
import { CHANNELS } from '../../src/providers/index.js';
import { DomainEvents, Metrics, prometheusName } from '../../src/kernel/index.js';
import { MessagesFailed, MessagesSent, MessagesDelivered, type Moved } from '../../src/ledger/index.js';
import { until } from '../../harness/until.js';
import { send, whenStatus } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;

beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const scrape = async (): Promise<string> => (await app.http.get('/metrics').expect(200)).text;
const linesOf = (text: string, start: string): string[] => text.split('\n').filter((line) => line.startsWith(start));

const moved = (fields: Partial<Moved>): Moved => ({
  id: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
  tenant_id: '0199f3a0-6b2d-7a11-8c3e-5d6f7a8b9c0d',
  channel: 'mms',
  category: 'transactional',
  provider: 'twilio',
  status: 'sent',
  previous: 'sending',
  error_code: null,
  first_sent: false,
  ...fields,
});

/** The rows of the tables in docs/metrics.md, one for each channel where a name has a place for it. */
function documented(): { readonly name: string; readonly kind: string; readonly labels: string[] }[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  return page.split('\n').flatMap((line) => {
    const [, named, kind = '', labels = ''] = /^\| `([^`]+)`\s*\| (\w+)\s*\|([^|]*)\|/.exec(line) ?? [];
    const names = named?.startsWith('<channel>')
      ? CHANNELS.filter((channel) => !isUnsaid(named, channel)).map((channel) => named.replace('<channel>', channel))
      : [named].filter((name) => name !== undefined);
    return names.map((name) => ({
      name,
      kind,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
    }));
  });
}

/** As the rows say in words. */
const isUnsaid = (name: string, channel: string): boolean =>
  (channel === 'mms' && name.includes('.opt_')) || (channel === 'voice' && name.includes('.delivered.'));

describe('The documentation', () => {
  test('names every metric that is defined, with its kind and labels, and no other', () => {
    const defined = app.nest
      .get(Metrics)
      .defined.map(({ name, kind, labels = {} }) => ({ name, kind, labels: Object.keys(labels) }));
    const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
      one.name < other.name ? -1 : 1;
    expect(documented().sort(byName)).toEqual(defined.sort(byName));
  });

  test('names every metric that is served, and no other', async () => {
    const served = linesOf(await scrape(), '# TYPE ').map((line) => line.split(' ')[2] ?? '');
    const ours = served.filter((name) => !/^(process|nodejs)_/.test(name));
    expect(ours.sort()).toEqual(
      documented()
        .map(({ name }) => prometheusName(name))
        .sort(),
    );
  });
});

describe('A text', () => {
  test('is measured by its call, and by its webhook when that was received and applied', async () => {
    const tenant = await app.tenant();
    const { venueId } = await venueWith(app, tenant, 'sms');
    const content = { body: 'Doors at 19:00' };
    const id = await send(app, tenant, { channel: 'sms', venueId, to: '+491713920077', content });
    await whenStatus(app, tenant, id, 'delivered');
    await until(
      async () => linesOf(await scrape(), 'webhook_duration_count{provider="twilio",step="apply"}').length > 0,
    );
    const text = await scrape();
    expect(linesOf(text, 'sms_send_duration_count{')).toEqual(['sms_send_duration_count{provider="twilio"} 1']);
    expect(linesOf(text, 'webhook_duration_count{provider="twilio"')).toMatchObject([
      expect.stringMatching(/step="receive"\} [1-9]/),
      expect.stringMatching(/step="apply"\} [1-9]/),
    ]);
    expect(linesOf(text, 'sms_send_duration_bucket{')).toContainEqual(expect.stringMatching(/le="2",/));
  });

  test('of a stranger in the name of a provider is counted as refused', async () => {
    const status = { AccountSid: `AC${'0'.repeat(32)}`, MessageSid: `SM${'0'.repeat(32)}`, MessageStatus: 'sent' };
    const signed = (): Test => app.http.post('/webhook/twilio').set('x-twilio-signature', 'bm8=').type('form');
    await signed().send(status).expect(403);
    await signed().send(status).expect(403);
    await signed().send({}).expect(400);
    const refused = linesOf(await scrape(), 'webhook_rejected_total{provider="twilio"');
    expect(refused).toEqual([
      'webhook_rejected_total{provider="twilio",reason="untrusted"} 2',
      'webhook_rejected_total{provider="twilio",reason="malformed"} 1',
    ]);
  });
});

describe('The counters of a channel', () => {
  test('tell what was sent, delivered and failed, by provider and code', async () => {
    const events = app.nest.get(DomainEvents);
    await events.publish([
      new MessagesSent([moved({ first_sent: true }), moved({ first_sent: true })]),
      new MessagesDelivered([
        moved({ status: 'delivered', previous: 'sent' }),
        moved({ status: 'delivered', previous: 'sending', first_sent: true }),
        moved({ status: 'read', previous: 'delivered' }),
      ]),
      new MessagesFailed([
        moved({ status: 'failed', error_code: '21610' }),
        moved({ status: 'undelivered', previous: 'sent', error_code: '30005' }),
      ]),
    ]);
    await until(async () => linesOf(await scrape(), 'mms_undelivered_total{').length > 0);
    const text = await scrape();
    expect(linesOf(text, 'mms_sent_total{')).toEqual(['mms_sent_total{provider="twilio"} 3']);
    expect(linesOf(text, 'mms_delivered_total{')).toEqual(['mms_delivered_total{provider="twilio"} 2']);
    expect(linesOf(text, 'mms_failed_total{')).toEqual(['mms_failed_total{provider="twilio",code="21610"} 1']);
    expect(linesOf(text, 'mms_undelivered_total{')).toEqual([
      'mms_undelivered_total{provider="twilio",code="30005"} 1',
    ]);
  });

  test('tell who opted out and in again', async () => {
    const tenant = await app.tenant();
    const path = `/api/consent/${tenant.defaultVenueId}/+491713920078?channel=sms`;
    for (const status of ['opted_out', 'opted_in', 'opted_out'])
      await app.as(tenant).put(path).send({ status, channel: 'sms', source: 'account settings' }).expect(200);
    await until(async () => linesOf(await scrape(), 'sms_opt_out_total 2').length > 0);
    const text = await scrape();
    expect(linesOf(text, 'sms_opt_in_total')).toEqual(['sms_opt_in_total 1']);
    expect(linesOf(text, 'email_opt_out_total')).toEqual(['email_opt_out_total 0']);
  });

  test('of voice tell answered and acknowledged', async () => {
    const call = (fields: Partial<Moved>): Moved => moved({ channel: 'voice', ...fields });
    await app.nest
      .get(DomainEvents)
      .publish([
        new MessagesDelivered([
          call({ status: 'delivered', previous: 'sent' }),
          call({ status: 'read', previous: 'sent' }),
          call({ status: 'read', previous: 'delivered' }),
        ]),
      ]);
    await until(async () => linesOf(await scrape(), 'voice_acknowledged_total{').length > 0);
    const text = await scrape();
    expect(linesOf(text, 'voice_answered_total{')).toEqual(['voice_answered_total{provider="twilio"} 2']);
    expect(linesOf(text, 'voice_acknowledged_total{')).toEqual(['voice_acknowledged_total{provider="twilio"} 2']);
  });

  test('have few series, whatever codes and providers come, and none holds what they hold', async () => {
    const strange = Array.from({ length: 2_000 }, (_, place) =>
      moved({
        tenant_id: `0199f3a0-6b2d-7a11-8c3e-${String(place).padStart(12, '0')}`,
        channel: 'whatsapp',
        provider: `provider-${place % 50}`,
        status: 'failed',
        error_code: place % 2 === 0 ? `+4917139${place}` : `ana${place}@example.com`,
      }),
    );
    const usual = [moved({ channel: 'whatsapp', status: 'failed', error_code: 'http-503 ana@example.com' })];
    await app.nest.get(DomainEvents).publish([new MessagesFailed(strange), new MessagesFailed(usual)]);
    await until(async () => linesOf(await scrape(), 'whatsapp_failed_total{').length >= 2);
    const text = await scrape();
    expect(linesOf(text, 'whatsapp_failed_total{').sort()).toEqual([
      'whatsapp_failed_total{provider="other",code="other"} 2000',
      'whatsapp_failed_total{provider="twilio",code="http-503"} 1',
    ]);
    expect(text).not.toMatch(/ana|4917139|0199f3a0/);
  });
});

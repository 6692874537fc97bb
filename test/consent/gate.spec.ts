/** The gate on a real database: what it fetches, in what order, how fresh, and at what price. */
import {
  AllowedRanges,
  ApplyKeyword,
  ConsentGate,
  PumpingAlarms,
  Suppress,
  type GateCandidate,
} from '../../src/consent/index.js';
import { GATE_FACTS } from '../../src/consent/consent.gate.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { platformAccountOf, record, run } from './support.js';
import { newNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';

const SHARED = '+15005550006';

let app: TestApp;
let tenant: Tenant;
let gate: ConsentGate;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  gate = app.nest.get(ConsentGate, { strict: false });
});
afterAll(() => app.close());

const candidate = (more: Partial<GateCandidate> = {}): GateCandidate => ({
  messageId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12',
  tenantId: tenant.id,
  venueId: tenant.defaultVenueId,

  channel: 'sms',
  category: 'transactional',
  recipient: newNumber(),
  senderAddress: '+12125550142',
  expiresAt: null,
  isTest: false,
  ...more,
});
const verdict = async (more: Partial<GateCandidate>): Promise<unknown> => (await gate.check([candidate(more)]))[0];
const decide = (address: string, status: 'opted_in' | 'opted_out', more: object = {}): Promise<unknown> => {
  const subject = { tenantId: tenant.id, venueId: tenant.defaultVenueId, channel: 'sms', address } as const;
  return record(app, [{ ...subject, status, source: 'test', actor: 'admin', ...more }]);
};
const PASS = { pass: true };

test('Every kind of candidate in one call, answered in the order given', async () => {
  const [yes, no, bounced, stopped] = [newNumber(), newNumber(), newNumber(), newNumber()];
  await decide(yes, 'opted_in');
  await decide(no, 'opted_out');
  await run(app, new Suppress([{ tenantId: tenant.id, channel: 'sms', address: bounced, reason: 'hard_bounce' }]));
  const stop = {
    channel: 'sms',
    number: SHARED,
    from: stopped,
    keyword: 'stop',
    providerMessageId: 'SM1',
    accountIds: [await platformAccountOf(app)],
  } as const;
  await run(app, new ApplyKeyword(stop));
  const verdicts = await gate.check([
    candidate({ recipient: no }),
    candidate(),
    candidate({ recipient: yes, category: 'marketing' }),
    candidate({ category: 'marketing' }),
    candidate({ recipient: bounced }),
    candidate({ recipient: stopped, senderAddress: SHARED }),
    candidate({ recipient: stopped }),
    candidate({ recipient: yes, expiresAt: new Date(Date.now() - 1) }),
    candidate({ recipient: yes, expiresAt: new Date(Date.now() + 60_000) }),
  ]);
  expect(verdicts).toEqual([
    { pass: false, status: 'blocked_opted_out', reason: 'opted_out' },
    PASS,
    PASS,
    { pass: false, status: 'skipped_no_consent', reason: 'no_opt_in' },
    { pass: false, status: 'suppressed', reason: 'hard_bounce' },
    { pass: false, status: 'blocked_opted_out', reason: 'number_opted_out' },
    PASS,
    { pass: false, status: 'expired', reason: 'expired' },
    PASS,
  ]);
  await run(app, new ApplyKeyword({ ...stop, keyword: 'start', providerMessageId: 'SM2' }));
  expect(await verdict({ recipient: stopped, senderAddress: SHARED })).toEqual(PASS);
  expect(await gate.check([])).toEqual([]);
});

test('Who left marketing still gets everything else, also where an opt-in is required, until a later opt-in', async () => {
  const strict = await app.tenant();
  const settings = { requireOptIn: { sms: true } };
  await app.as(strict).patch(`/api/tenants/${strict.id}/settings`).send(settings).expect(200);
  const recipient = newNumber();
  const [subject, owner] = [{ recipient }, { tenantId: strict.id, venueId: strict.defaultVenueId }];
  const judged = (): Promise<unknown> =>
    gate.check([
      candidate({ ...subject, ...owner, category: 'marketing' }),
      candidate({ ...subject, ...owner, category: 'marketing', isTest: true }),
      candidate({ ...subject, ...owner }),
      candidate({ ...subject, ...owner, category: 'emergency' }),
    ]);
  const stopped = { pass: false, status: 'blocked_opted_out', reason: 'opted_out' };
  await decide(recipient, 'opted_in', owner);
  await decide(recipient, 'opted_out', { ...owner, category: 'marketing' });
  expect(await judged()).toEqual([stopped, stopped, PASS, PASS]);
  await decide(recipient, 'opted_in', owner);
  expect(await judged()).toEqual([PASS, PASS, PASS, PASS]);

  const stranger = candidate({ ...owner });
  await decide(stranger.recipient, 'opted_out', { ...owner, category: 'marketing' });
  expect(await gate.check([{ ...stranger, category: 'marketing' }, stranger])).toEqual([
    stopped,
    { pass: false, status: 'skipped_no_consent', reason: 'opt_in_required' },
  ]);
});

test('MMS goes by the consent, the suppressions and the switch of SMS; WhatsApp has its own', async () => {
  const [no, bounced] = [newNumber(), newNumber()];
  await decide(no, 'opted_out');
  await run(app, new Suppress([{ tenantId: tenant.id, channel: 'sms', address: bounced, reason: 'invalid_address' }]));
  expect(await verdict({ channel: 'mms', recipient: no })).toMatchObject({ status: 'blocked_opted_out' });
  expect(await verdict({ channel: 'mms', recipient: bounced })).toMatchObject({ status: 'suppressed' });
  expect(await verdict({ channel: 'whatsapp', recipient: no })).toEqual(PASS);
  expect(await verdict({ channel: 'whatsapp', recipient: bounced })).toEqual(PASS);
});

test.each(['inactive', 'released'])(
  'A sender that became %s speaks no more, also for what waits already',
  async (status) => {
    const address = newNumber();
    const senderId = await newSender(app, tenant, { channel: 'sms', address });
    expect(await verdict({ senderAddress: address })).toEqual(PASS);
    await app.as(tenant).patch(`/api/senders/${senderId}`).send({ status }).expect(200);
    for (const channel of ['sms', 'mms'] as const) {
      expect(await verdict({ channel, senderAddress: address })).toEqual({
        pass: false,
        status: 'cancelled',
        reason: 'sender_silenced',
      });
    }
    expect(await verdict({ channel: 'whatsapp', senderAddress: address })).toEqual(PASS);
  },
);

test('Consent is the venue’s and suppression the tenant’s: nobody else’s count', async () => {
  const other = await app.tenant();
  const [no, bounced] = [newNumber(), newNumber()];
  await decide(no, 'opted_out');
  await run(app, new Suppress([{ tenantId: tenant.id, channel: 'sms', address: bounced, reason: 'hard_bounce' }]));
  const elsewhere = { tenantId: other.id, venueId: other.defaultVenueId };
  expect(await verdict({ recipient: no, ...elsewhere })).toEqual(PASS);
  expect(await verdict({ recipient: bounced, ...elsewhere })).toEqual(PASS);
});

test.each([
  ['email', 'emailEnabled'],
  ['sms', 'smsEnabled'],
  ['mms', 'smsEnabled'],
  ['whatsapp', 'whatsappEnabled'],
  ['voice', 'voiceEnabled'],
] as const)('Switching %s off by %s stops it at once, and nothing else', async (channel, setting) => {
  const own = await app.tenant();
  const of = (which: GateCandidate['channel']): GateCandidate =>
    candidate({ tenantId: own.id, venueId: own.defaultVenueId, channel: which });
  const others = (['email', 'sms', 'mms', 'whatsapp', 'voice'] as const).filter(
    (which) =>
      which !== channel &&
      !(setting === 'smsEnabled' && which === 'sms') &&
      !(setting === 'smsEnabled' && which === 'mms'),
  );
  const switchTo = async (on: boolean): Promise<void> => {
    await app
      .admin()
      .patch(`/api/tenants/${own.id}/settings`)
      .send({ [setting]: on })
      .expect(200);
  };
  await switchTo(false);
  const [own1, ...rest] = await gate.check([of(channel), ...others.map(of)]);
  expect(own1).toEqual({ pass: false, status: 'cancelled', reason: 'channel_disabled' });
  expect(rest).toEqual(others.map(() => PASS));
  await switchTo(true);
  expect(await gate.check([of(channel)])).toEqual([PASS]);
});

test('A country that the tenant takes from its list is stopped at once, also for what was accepted before', async () => {
  const own = await app.tenant();
  const of = (recipient: string, channel: GateCandidate['channel'] = 'sms'): GateCandidate =>
    candidate({ tenantId: own.id, venueId: own.defaultVenueId, recipient, channel });
  const all = [
    of('+491713920001'),
    of('+33612345678', 'voice'),
    of('+447400123456', 'whatsapp'),
    of('FR.134912', 'whatsapp'),
    of('ana@example.fr', 'email'),
  ];
  expect(await gate.check(all)).toEqual(all.map(() => PASS));
  await app
    .admin()
    .patch(`/api/tenants/${own.id}/settings`)
    .send({ allowedCountries: ['DE', 'GB'] })
    .expect(200);
  const refused = { pass: false, status: 'cancelled', reason: 'country_not_allowed' };
  expect(await gate.check(all)).toEqual([PASS, refused, PASS, refused, PASS]);
});

test('A range that is blocked for SMS pumping stops texts and calls that a form may have caused, and nothing else', async () => {
  const own = await app.tenant();
  const of = (more: Partial<GateCandidate> = {}): GateCandidate =>
    candidate({ tenantId: own.id, venueId: own.defaultVenueId, recipient: '+94771230001', ...more });
  const alarms = app.nest.get(PumpingAlarms, { strict: false });
  const begin = (blocks: boolean): ReturnType<PumpingAlarms['begin']> =>
    alarms.begin({
      tenantId: own.id,
      prefix: '+9477123',
      country: 'LK',
      reason: 'adjacent_numbers',
      blocks,
      numbers: 30,
      messages: 30,
      priceMicros: null,
      priceCurrency: null,
      usual: 0,
      holdMinutes: 60,
    });
  const watched = await begin(false);
  expect(await gate.check([of()])).toEqual([PASS]);
  await alarms.end(watched?.id ?? '', 'admin', null);
  await begin(true);
  const blocked = { pass: false, status: 'suppressed', reason: 'number_range_blocked' };
  const stopped = [of(), of({ channel: 'mms' }), of({ channel: 'voice' })];
  expect(await gate.check(stopped)).toEqual(stopped.map(() => blocked));
  const passing = [
    of({ category: 'emergency' }),
    of({ isOfCampaign: true }),
    of({ isTest: true }),
    of({ channel: 'whatsapp' }),
    of({ recipient: '+94771240001' }),
    candidate({ recipient: '+94771230001' }),
  ];
  expect(await gate.check(passing)).toEqual(passing.map(() => PASS));
  await app.nest.get(AllowedRanges, { strict: false }).put(own.id, '+947712300', null, 'admin');
  expect(await gate.check([of(), of({ recipient: '+94771239999' })])).toEqual([PASS, blocked]);
  await app.database.query(`update pumping_alarm set ends_at = now() where tenant_id = $1`, [own.id]);
  expect(await gate.check([of({ recipient: '+94771239999' })])).toEqual([PASS]);
});

test('A tenant may ask for an opt-in on a channel, even for transactional messages', async () => {
  const own = await app.tenant();
  const of = (channel: GateCandidate['channel']): GateCandidate =>
    candidate({ tenantId: own.id, venueId: own.defaultVenueId, channel });
  await app
    .admin()
    .patch(`/api/tenants/${own.id}/settings`)
    .send({ requireOptIn: { sms: true } })
    .expect(200);
  const required = { pass: false, status: 'skipped_no_consent', reason: 'opt_in_required' };
  expect(await gate.check([of('sms'), of('mms'), of('email'), of('whatsapp')])).toEqual([
    required,
    required,
    PASS,
    PASS,
  ]);
});

test('A STOP committed a moment ago counts, also for a transaction that was open before', async () => {
  const recipient = newNumber();
  await app.database.transaction(async () => {
    expect(await verdict({ recipient })).toEqual(PASS);
    await app
      .as(tenant)
      .put(`/api/consent/${tenant.defaultVenueId}/${recipient}`)
      .send({ status: 'opted_out', source: 'test' })
      .expect(200);
    expect(await verdict({ recipient })).toMatchObject({ status: 'blocked_opted_out' });
  });
  await decide(recipient, 'opted_in');
  expect(await verdict({ recipient })).toEqual(PASS);
});

test('An unknown tenant sends nothing', async () => {
  expect(await verdict({ tenantId: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' })).toMatchObject({ status: 'cancelled' });
});

test('A thousand candidates among a hundred thousand people are looked up by primary key', async () => {
  const rows = 100_000;
  await app.database.query(
    `insert into consent (venue_id, channel, address, tenant_id, status, source, occurred_at)
     select $1, 'sms', '+1555' || lpad(n::text, 8, '0'), $2, case when n % 3 = 0 then 'opted_out' else 'opted_in' end, 'test', now()
     from generate_series(1, $3) as n`,
    [tenant.defaultVenueId, tenant.id, rows],
  );
  await app.database.query(
    `insert into suppression (tenant_id, channel, address, reason) select $1, 'sms', '+1666' || lpad(n::text, 8, '0'), 'hard_bounce' from generate_series(1, $2) as n`,
    [tenant.id, rows],
  );
  await app.database.query(
    `insert into number_opt_out (channel, number, address, status, occurred_at)
     select 'sms', $1, '+1777' || lpad(n::text, 8, '0'), 'opted_out', now() from generate_series(1, $2) as n`,
    [SHARED, rows],
  );
  await app.database.query('analyze');
  const recipients = Array.from({ length: 1_000 }, (_, index) => `+1555${String(index * 97 + 1).padStart(8, '0')}`);
  const of = <T>(value: T): T[] => recipients.map(() => value);
  const parameters = [
    of(tenant.id),
    of(tenant.defaultVenueId),
    of('sms'),
    recipients,
    of(SHARED),
    of(null),
    of(Buffer.alloc(32)),
  ];
  const plan = await app.database.query<{ 'QUERY PLAN': string }>(`explain ${GATE_FACTS}`, parameters);
  const text = plan.map((line) => line['QUERY PLAN']).join('\n');
  for (const table of ['consent', 'suppression', 'number_opt_out']) {
    expect(text).toMatch(new RegExp(`Index .*Scan using ${table}_pkey on ${table}`));
    expect(text).not.toContain(`Seq Scan on ${table}`);
  }
  const verdicts = await gate.check(recipients.map((recipient) => candidate({ recipient, category: 'marketing' })));
  expect(verdicts.filter(({ pass }) => !pass)).toHaveLength(
    recipients.filter((_, index) => (index * 97 + 1) % 3 === 0).length,
  );
});

/** Segments: a rule in SQL says the same of each contact as it says by itself, and the routes around it. */
import { CommandBus } from '@nestjs/cqrs';
import fc from 'fast-check';
import { Segments } from '../../src/audiences/segments/segments.js';
import { AdvanceCampaign } from '../../src/campaigns/advance-campaign.command.js';
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, audience, draft, emptyAudience, look, mailbox, template } from './campaign.support.js';

interface Counts {
  readonly email: number;
  readonly phone: number;
}
interface Preview {
  readonly counts: Counts;
  readonly contacts: readonly { readonly address: string; readonly attributes: Record<string, unknown> }[];
}
interface View {
  readonly id: string;
  readonly name: string;
  readonly rule: object;
}

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

describe('The rule of a segment', () => {
  /** What lists hold, and what programs make of it. */
  const TEXTS = [
    'Berlin',
    'berlin',
    'Köln',
    '東京',
    '',
    ' ',
    '30',
    ' 30 ',
    '30.0',
    '+7',
    '-5',
    '.5',
    '5.',
    '1e2',
    '1e999',
    '1,5',
    '12b',
    'true',
    'TRUE',
    'NaN',
    'nan',
    'Infinity',
    '-inf',
    'null',
    '{',
    '[1]',
    '{"a": 1}',
    '2026-11-30',
    "'; drop table contact; --",
    '\\',
    '%',
    '$1',
  ] as const;
  const NUMBERS = [0, 1, -5, 7, 30, 30.5, 0.1, 100, 9_007_199_254_740_991] as const;
  const PATHS = ['city', 'age', 'tags', 'home.city', 'home.0', 'tags.0', 'tags.01a', "o'clock", 'constructor'] as const;
  const DAYS = 3;

  const scalar = fc.oneof(fc.constantFrom(...TEXTS), fc.constantFrom(...NUMBERS), fc.boolean(), fc.constant(null));
  const anyValue = fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 3 }),
    fc.constantFrom({}, { city: 'Berlin' }, { a: 1 }),
  );
  const anyContact = fc.record({
    attributes: fc.record(
      {
        city: anyValue,
        age: anyValue,
        tags: fc.oneof(anyValue, fc.array(scalar, { maxLength: 4 })),
        home: fc.oneof(anyValue, fc.record({ city: anyValue, 0: anyValue }, { requiredKeys: [] })),
        "o'clock": anyValue,
      },
      { requiredKeys: [] },
    ),
    consent: fc.constantFrom(null, 'opted_in', 'opted_out'),
    /** Messages to it: how many days ago, whether of a campaign, what became of it, and what was done about it. */
    messages: fc.array(
      fc.record({
        ago: fc.constantFrom(1, 10),
        isOfCampaign: fc.boolean(),
        status: fc.constantFrom('sent', 'queued', 'failed', 'suppressed'),
        did: fc.constantFrom(null, 'opened', 'clicked'),
      }),
      { maxLength: 2 },
    ),
  });
  type Contact = typeof anyContact extends fc.Arbitrary<infer Value> ? Value : never;

  const attribute = fc.constantFrom(...PATHS).map((path) => ({ var: path }));
  const LIKE_A_NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/;
  const bound = scalar.filter(
    (value) => (typeof value === 'string' && !LIKE_A_NUMBER.test(value)) || typeof value === 'number',
  );
  const what = scalar.filter((value) => value !== null && value !== '');
  const swapped = fc.boolean();
  const anyTest = fc.oneof(
    fc
      .tuple(fc.constantFrom('==', '!='), attribute, scalar, swapped)
      .map(([operator, one, other, swap]) => ({ [operator]: swap ? [other, one] : [one, other] })),
    fc
      .tuple(fc.constantFrom('<', '<=', '>', '>='), attribute, bound, swapped)
      .map(([operator, one, other, swap]) => ({ [operator]: swap ? [other, one] : [one, other] })),
    fc
      .tuple(fc.constantFrom('<', '<='), bound, attribute, bound)
      .map(([operator, ...operands]) => ({ [operator]: operands })),
    fc.tuple(attribute, fc.array(scalar, { minLength: 1, maxLength: 12 })).map((operands) => ({ in: operands })),
    fc.tuple(what, attribute).map((operands) => ({ in: operands })),
    fc.array(fc.constantFrom(...PATHS), { minLength: 1, maxLength: 2 }).map((paths) => ({ missing: paths })),
    fc
      .constantFrom('opted_in', 'opted_out', 'unknown')
      .map((status) => ({ consent: { channel: 'email', venueId: ':venue', status } })),
    fc.constantFrom('opened', 'clicked').map((did) => ({ engaged: { did, days: DAYS } })),
    fc.constant({ written: { days: DAYS } }),
  );
  const { rule: anyRule } = fc.letrec((tie) => ({
    rule: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      anyTest,
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('rule'), { minLength: 1, maxLength: 3 }))
        .map(([operator, rules]) => ({ [operator]: rules })),
      tie('rule').map((rule) => ({ '!': rule })),
    ),
  }));

  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
  const reach = (attributes: unknown, path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>(
        (inner, step) => (isObject(inner) && Object.hasOwn(inner, step) ? inner[step] : null),
        attributes,
      ) ?? null;
  const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;
  const numberOf = (value: unknown): number => {
    if (typeof value === 'number') return value;
    const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : NaN;
    return Number.isFinite(number) ? number : NaN;
  };
  const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const equals = (value: unknown, literal: unknown): boolean => {
    if (literal === null) return value === null;
    if (!isScalar(value)) return false;
    if (typeof literal === 'number') return numberOf(value) === literal;
    if (typeof literal === 'boolean') return String(value).toLowerCase() === String(literal);
    return String(value) === literal;
  };
  const compare: Record<string, (order: number) => boolean> = {
    '<': (order) => order < 0,
    '<=': (order) => order <= 0,
    '>': (order) => order > 0,
    '>=': (order) => order >= 0,
  };
  /** NaN where they are not to be compared. */
  const orderOf = (one: unknown, other: unknown): number =>
    typeof one === 'string' && typeof other === 'string'
      ? Buffer.compare(Buffer.from(one), Buffer.from(other))
      : numberOf(one) - numberOf(other);

  /** The same rule, evaluated in JavaScript. */
  function holds(rule: unknown, contact: Contact): boolean {
    const [[operator, given]] = Object.entries(rule as Record<string, unknown>) as [[string, unknown]];
    const valueOf = (side: unknown): unknown =>
      isObject(side) ? reach(contact.attributes, String(side['var'])) : side;
    const recent = contact.messages.filter(({ ago }) => ago <= DAYS);
    const asked = given as Record<string, unknown>;
    const list = Array.isArray(given) ? (given as unknown[]) : [given];
    switch (operator) {
      case 'and':
        return list.every((one) => holds(one, contact));
      case 'or':
        return list.some((one) => holds(one, contact));
      case '!':
        return !holds(given, contact);
      case '==':
      case '!=': {
        const [attributes, literals] = [list.filter(isObject), list.filter((side) => !isObject(side))];
        return equals(valueOf(attributes[0]), literals[0]) === (operator === '==');
      }
      case 'missing':
        return list.some((path) => [null, ''].includes(reach(contact.attributes, String(path)) as string | null));
      case 'in': {
        const [one, other] = list;
        if (Array.isArray(other)) return other.some((literal) => equals(valueOf(one), literal));
        const value = valueOf(other);
        if (Array.isArray(value)) return value.includes(one);
        return typeof value === 'string' && typeof one === 'string' && value.includes(one);
      }
      case 'consent':
        return (contact.consent ?? 'unknown') === asked['status'];
      case 'engaged':
        return recent.some(({ did }) => did === asked['did']);
      case 'written':
        return recent.some(({ isOfCampaign, status }) => isOfCampaign && ['sent', 'queued'].includes(status));
      default: {
        const pairs = list.slice(1).map((side, place) => [list[place], side]);
        return pairs.every(([one, other]) => {
          const [left, right] = [valueOf(one), valueOf(other)];
          // A text is compared with texts alone, a number with all that is a number.
          const literal = isObject(one) ? other : one;
          const value = isObject(one) ? left : right;
          if (typeof literal === 'string' && typeof value !== 'string') return false;
          if (typeof literal === 'number' && Number.isNaN(numberOf(value))) return false;
          const order = typeof literal === 'number' ? numberOf(left) - numberOf(right) : orderOf(left, right);
          return compare[operator]?.(order) ?? false;
        });
      }
    }
  }

  async function arrange(contacts: readonly Contact[]): Promise<string> {
    const audienceId = await emptyAudience(app, tenant);
    const addressed = contacts.map((contact, place) => ({ ...contact, address: `${audienceId}-${place}@example.com` }));
    await app.database.query(
      `insert into contact (audience_id, kind, address, attributes, import_id)
       select $1, 'email', address, attributes, uuidv7() from jsonb_to_recordset($2::jsonb) as given (address text, attributes jsonb)`,
      [audienceId, JSON.stringify(addressed)],
    );
    await app.database.query(
      `insert into consent (venue_id, channel, address, tenant_id, status, source, occurred_at)
       select $2, 'email', address, $3, consent, 'test', now()
       from jsonb_to_recordset($1::jsonb) as given (address text, consent text) where consent is not null`,
      [JSON.stringify(addressed), tenant.defaultVenueId, tenant.id],
    );
    const messages = addressed.flatMap(({ address, messages: some }) =>
      some.map((message) => ({ ...message, address })),
    );
    await app.database.query(
      `with given as materialized (
         select *, uuidv7(make_interval(days => -ago)) as id from jsonb_to_recordset($1::jsonb)
           as given (address text, ago integer, "isOfCampaign" boolean, status text, did text)
       ), kept as (
         insert into message (id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, recipient, status, segments, campaign_id)
         select id, $2, $3, 'email', 'marketing', uuidv7(), 'ses', 'hall@example.com', address, status, 1,
           case when "isOfCampaign" then uuidv7() end from given)
       insert into message_event (message_id, tenant_id, at, kind, channel, category, provider, segments, source)
       select id, $2, uuid_extract_timestamp(id), did, 'email', 'marketing', 'ses', 1, 'webhook' from given where did is not null`,
      [JSON.stringify(messages), tenant.id, tenant.defaultVenueId],
    );
    return audienceId;
  }

  test('says the same in SQL as in JavaScript, of whatever stands in the attributes', async () => {
    const segments = app.nest.get(Segments, { strict: false });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyContact, { minLength: 1, maxLength: 40 }),
        fc.array(anyRule, { minLength: 15, maxLength: 15 }),
        async (contacts, rules) => {
          const audienceId = await arrange(contacts);
          for (const rule of rules) {
            const asked = JSON.parse(JSON.stringify(rule).replaceAll(':venue', tenant.defaultVenueId)) as object;
            const read = await segments.read(tenant.id, asked);
            const found = await segments.first(
              { tenantId: tenant.id, audienceId, rule: read },
              { size: 100, isRare: false },
            );
            const expected = contacts.map((contact, place) => [place, holds(rule, contact)] as const);
            expect([rule, found.map(({ address }) => address).toSorted()]).toEqual([
              rule,
              expected
                .filter(([, is]) => is)
                .map(([place]) => `${audienceId}-${place}@example.com`)
                .toSorted(),
            ]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('A segment', () => {
  const BERLIN = { '==': [{ var: 'city' }, 'Berlin'] };
  const CITIES = `jsonb_build_object('city', case n % 4 when 0 then 'Berlin' else 'Hamburg' end, 'visits', n::text)`;
  const post = (path: string, body: object) => app.as(tenant).post(`/api/segments${path}`).send(body);

  test('is made, found, changed and deleted, and its audience stays', async () => {
    const audienceId = await audience(app, tenant, 8, CITIES);
    const { body: made } = await post('', { audienceId, name: 'Berliners', rule: BERLIN }).expect(201);
    const { id } = made as View;
    expect(made).toMatchObject({ audienceId, name: 'Berliners', description: null, rule: BERLIN });
    const { body: listed } = await app.as(tenant).get(`/api/segments?audienceId=${audienceId}`).expect(200);
    expect(listed).toEqual({ items: [made], nextCursor: null });
    const rule = { '>': [{ var: 'visits' }, 6] };
    await app.as(tenant).patch(`/api/segments/${id}`).send({ rule, description: 'Often' }).expect(200);
    const { body: read } = await app.as(tenant).get(`/api/segments/${id}`).expect(200);
    expect(read).toMatchObject({ name: 'Berliners', description: 'Often', rule });
    await app.as(tenant).delete(`/api/segments/${id}`).expect(204);
    await app.as(tenant).delete(`/api/segments/${id}`).expect(404);
    await app.as(tenant).get(`/api/audiences/${audienceId}`).expect(200);
  });

  test('shows how many contacts are in it, and the first by address', async () => {
    const audienceId = await audience(app, tenant, 40, CITIES);
    const { body: made } = await post('', { audienceId, name: 'Berliners', rule: BERLIN }).expect(201);
    const { body } = await app
      .as(tenant)
      .get(`/api/segments/${(made as View).id}/preview?show=2`)
      .expect(200);
    const { counts, contacts } = body as Preview;
    expect(counts).toEqual({ email: 10, phone: 0 });
    expect(contacts).toMatchObject([
      { address: mailbox(4), attributes: { city: 'Berlin', visits: '4' } },
      { address: mailbox(8) },
    ]);
  });

  test('finds the few among the many as well', async () => {
    const audienceId = await audience(app, tenant, 3_000, CITIES);
    await app.database.query(`update audience set emails = 3000 where id = $1`, [audienceId]);
    const rule = { in: [{ var: 'visits' }, ['2998', 2_999]] };
    const { body } = await post('/preview', { audienceId, rule }).expect(200);
    expect(body as Preview).toMatchObject({
      counts: { email: 2, phone: 0 },
      contacts: [{ address: mailbox(2_998) }, { address: mailbox(2_999) }],
    });
  });

  test('with a faulty rule is refused with the place of each fault', async () => {
    const audienceId = await emptyAudience(app, tenant);
    const { body } = await post('', { audienceId, name: 'x', rule: { and: [{ '>': [{ var: 'age' }, '30'] }] } }).expect(
      422,
    );
    expect(body).toMatchObject({
      code: 'invalid_segment_rule',
      errors: [{ path: 'rule.and[0].>[1]', message: expect.stringContaining('leave out the quotes') as string }],
    });
  });

  test('asks for the consent of no venue but the tenant’s', async () => {
    const audienceId = await emptyAudience(app, tenant);
    const { defaultVenueId: venueId } = await app.tenant();
    const rule = { consent: { venueId, channel: 'email', status: 'opted_in' } };
    const { body } = await post('/preview', { audienceId, rule }).expect(404);
    expect(body).toMatchObject({ code: 'venue_not_found', errors: [{ path: 'rule' }] });
  });

  test('is of an audience that is there', async () => {
    const { body } = await post('', { audienceId: tenant.id, name: 'x', rule: BERLIN }).expect(404);
    expect(body).toMatchObject({ code: 'audience_not_found', errors: [{ path: 'audienceId' }] });
  });
});

describe('A campaign to a segment', () => {
  const BERLIN = { '==': [{ var: 'city' }, 'Berlin'] };
  const CITIES = `jsonb_build_object('name', 'Guest ' || n, 'city', case n % 4 when 0 then 'Berlin' else 'Hamburg' end)`;

  async function segmentOf(audienceId: string, rule: object): Promise<string> {
    const { body } = await app.as(tenant).post('/api/segments').send({ audienceId, name: 'Some', rule }).expect(201);
    return (body as View).id;
  }
  const recipients = async (campaignId: string): Promise<string[]> =>
    (
      await app.database.query<{ recipient: string }>(
        `select recipient from message where campaign_id = $1 order by recipient`,
        [campaignId],
      )
    ).map(({ recipient }) => recipient);
  const expanded = (campaignId: string): Promise<CampaignView> =>
    until(async () => {
      const view = await look(app, tenant, campaignId);
      return view.progress.frozen && view;
    });

  test('reaches its members by the rule that it had at the launch, and nobody else is counted', async () => {
    const audienceId = await audience(app, tenant, 20, CITIES);
    const segmentId = await segmentOf(audienceId, BERLIN);
    const templateKey = await template(app, tenant, 'email');
    const made = await draft(app, tenant, { audienceId, segmentId, templateKey });
    expect(made.segmentId).toBe(segmentId);
    const { body: estimate } = await app.as(tenant).get(`/api/campaigns/${made.id}/estimate`).expect(200);
    expect(estimate).toMatchObject({ audience: 5, recipients: 5 });
    const preview = (contact: string) =>
      app.as(tenant).post(`/api/campaigns/${made.id}/preview`).send({ contact }).expect(200);
    expect((await preview(mailbox(1))).body).toMatchObject({ excludedAs: 'not_in_segment' });
    expect((await preview(mailbox(4))).body).toMatchObject({ excludedAs: null });

    await app.database.query(`update campaign set status = 'SCHEDULED' where id = $1`, [made.id]);
    const { body: refused } = await app.as(tenant).delete(`/api/segments/${segmentId}`).expect(409);
    expect(refused).toMatchObject({ code: 'segment_in_use' });
    await act(app, tenant, made.id, 'launch');
    await app
      .as(tenant)
      .patch(`/api/segments/${segmentId}`)
      .send({ rule: { '!': BERLIN } })
      .expect(200);
    await app.as(tenant).delete(`/api/segments/${segmentId}`).expect(204);
    await app.nest.get(CommandBus).execute(new AdvanceCampaign(made.id));
    const { progress } = await expanded(made.id);
    expect(progress).toMatchObject({ audience: 5, excluded: 0, messages: 5 });
    expect(await recipients(made.id)).toEqual([4, 8, 12, 16, 20].map(mailbox));
  });

  test('leaves out whom a campaign has written to within the days of its cap', async () => {
    const audienceId = await audience(app, tenant, 8, CITIES);
    const templateKey = await template(app, tenant, 'email');
    const first = await draft(app, tenant, { audienceId, segmentId: await segmentOf(audienceId, BERLIN), templateKey });
    await app.database.query(`delete from message where tenant_id = $1`, [tenant.id]);
    await act(app, tenant, first.id, 'launch');
    await app.nest.get(CommandBus).execute(new AdvanceCampaign(first.id));
    await expanded(first.id);
    const capped = await draft(app, tenant, { audienceId, templateKey, frequencyCapDays: 2 });
    const { body: estimate } = await app.as(tenant).get(`/api/campaigns/${capped.id}/estimate`).expect(200);
    expect(estimate).toMatchObject({ audience: 8, excludedBy: { written_lately: 2 }, recipients: 6 });
    await act(app, tenant, capped.id, 'launch');
    await app.nest.get(CommandBus).execute(new AdvanceCampaign(capped.id));
    const { progress } = await expanded(capped.id);
    expect(progress).toMatchObject({ audience: 8, excludedBy: { written_lately: 2 }, messages: 6 });
    expect(await recipients(capped.id)).toEqual([1, 2, 3, 5, 6, 7].map(mailbox));
  });

  test('over several channels takes people of whom one address is in it, each once', async () => {
    const number = (n: number): string => `+4915112345${String(n).padStart(3, '0')}`;
    const audienceId = await emptyAudience(app, tenant);
    await app.database.query(
      `insert into contact (audience_id, kind, address, attributes, import_id, person)
       select $1, kind, address, jsonb_build_object('name', 'Guest') || case when kind = 'phone' then '{"vip": true}' else '{}' end::jsonb, uuidv7(), person
       from unnest($2::text[], $3::text[], $4::text[]) as given (kind, address, person)`,
      [
        audienceId,
        ['email', 'phone', 'email', 'email', 'phone'],
        ['ana@example.com', number(1), 'bo@example.com', 'cy@example.com', number(2)],
        ['customer:1', 'customer:1', null, 'customer:2', 'customer:2'],
      ],
    );
    await app
      .as(tenant)
      .post('/api/senders')
      .send({ venueId: tenant.defaultVenueId, channel: 'sms', address: '+15557770009' })
      .expect(201);
    const channels = [
      { channel: 'email', templateKey: await template(app, tenant, 'email') },
      { channel: 'sms', templateKey: await template(app, tenant, 'sms') },
    ];
    const segmentId = await segmentOf(audienceId, { '==': [{ var: 'vip' }, true] });
    const { body } = await app
      .as(tenant)
      .post('/api/campaigns')
      .send({ name: 'VIPs', audienceId, segmentId, channels, frequencyCapDays: 1 })
      .expect(201);
    const { id } = body as CampaignView;
    // Customer 2 was written to at the number: then not by email either.
    await app.database.query(
      `insert into message (id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, recipient, status, segments, campaign_id)
       values (uuidv7(), $1, $2, 'sms', 'marketing', uuidv7(), 'twilio', '+15557770009', $3, 'delivered', 1, uuidv7())`,
      [tenant.id, tenant.defaultVenueId, number(2)],
    );
    const { body: estimate } = await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200);
    expect(estimate).toMatchObject({ audience: 2, excludedBy: { written_lately: 1 }, recipients: 1 });
    await act(app, tenant, id, 'launch');
    await app.nest.get(CommandBus).execute(new AdvanceCampaign(id));
    const { progress } = await expanded(id);
    expect(progress).toMatchObject({ audience: 2, excludedBy: { written_lately: 1 }, messages: 1 });
    expect(await recipients(id)).toEqual(['ana@example.com']);
  });

  test('is of the campaign’s own audience', async () => {
    const audienceId = await audience(app, tenant, 1, CITIES);
    const segmentId = await segmentOf(await emptyAudience(app, tenant), BERLIN);
    const templateKey = await template(app, tenant, 'email');
    const { body } = await app
      .as(tenant)
      .post('/api/campaigns')
      .send({ name: 'Other', channel: 'email', audienceId, segmentId, templateKey })
      .expect(404);
    expect(body).toMatchObject({ code: 'segment_not_found', errors: [{ path: 'segmentId' }] });
  });
});

/** Templates in several languages, and what they say of their tenant. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, draft, whenAll } from '../campaigns/campaign.support.js';
import { email, read, send, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const create = (input: object) =>
  app
    .as(tenant)
    .post('/api/templates')
    .send({ category: 'transactional', ...input });
const preview = async (key: string, body: object, version = ''): Promise<Record<string, unknown>> =>
  (await app.as(tenant).post(`/api/templates/${key}/preview${version}`).send(body).expect(200)).body as Record<
    string,
    unknown
  >;

const TICKETS = {
  key: 'tickets',
  channel: 'email',
  language: 'en',
  subject: 'Your tickets, {{ name }}',
  text: '{{ total | money: "EUR", language }}',
  translations: [
    { language: 'de', subject: 'Deine Karten, {{ name }}', text: '{{ total | money: "EUR", language }}' },
    { language: 'pt-br', subject: 'Seus ingressos, {{ name }}', text: '{{ total }} {{ cpf }}' },
  ],
};

test('a person gets the language that the message, the data or nobody names', async () => {
  const { body } = await create(TICKETS).expect(201);
  expect(body).toMatchObject({
    ...TICKETS,
    requiredVariables: ['name', 'total', 'cpf'],
  });
  const data = { name: 'Ana', total: 1_234_500_000 };
  expect(await preview('tickets', { data })).toMatchObject({ subject: 'Your tickets, Ana', text: '€1,234.50' });
  expect(await preview('tickets', { data, language: 'de-AT' })).toMatchObject({
    subject: 'Deine Karten, Ana',
    text: '1.234,50 €',
  });
  expect(await preview('tickets', { data: { ...data, locale: 'fr' } })).toMatchObject({ text: '€1,234.50' });
  // Only what the language at hand needs is asked for.
  const refused = await app
    .as(tenant)
    .post('/api/templates/tickets/preview')
    .send({ data, language: 'pt' })
    .expect(422);
  expect(refused.body).toMatchObject({ code: 'missing_variables', errors: [{ path: 'data.cpf' }] });

  const ids = {
    named: await send(app, tenant, {
      channel: 'email',
      to: newMailbox(),
      template: { key: 'tickets', language: 'de', data: { ...data, language: 'en' } },
    }),
    data: await send(app, tenant, {
      channel: 'email',
      to: newMailbox(),
      template: { key: 'tickets', data: { ...data, language: 'de' } },
    }),
    nobody: await send(app, tenant, { channel: 'email', to: newMailbox(), template: { key: 'tickets', data } }),
  };
  for (const [id, subject] of [
    [ids.named, 'Deine Karten, Ana'],
    [ids.data, 'Deine Karten, Ana'],
    [ids.nobody, 'Your tickets, Ana'],
  ] as const) {
    await whenStatus(app, tenant, id, 'sent');
    const { to } = await read(app, tenant, id);
    expect(await recordOf(app, to)).toEqual([expect.objectContaining({ subject })]);
    const shown = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
    expect(shown.body).toMatchObject({ content: { subject } });
  }
});

test('a fallback is in the language of its message, unless it names its own', async () => {
  await create({
    key: 'tickets-sms',
    channel: 'sms',
    language: 'en',
    body: 'Hello {{ name }}',
    translations: [{ language: 'de', body: 'Hallo {{ name }}' }],
  }).expect(201);
  const steps = [
    { channel: 'sms', template: { key: 'tickets-sms' } },
    { channel: 'sms', template: { key: 'tickets-sms', data: { name: 'Ben' } } },
    { channel: 'sms', template: { key: 'tickets-sms', language: 'en' } },
  ];
  const id = await send(app, tenant, {
    channel: 'email',
    to: newMailbox(),
    alternateTo: newNumber(),
    template: { key: 'tickets', language: 'de', data: { name: 'Ana', total: 1 } },
    fallback: steps,
  });
  const [row] = await app.database.query<{ fallback: { data?: object }[] }>(
    'select fallback from message where id = $1',
    [id],
  );
  expect(row?.fallback.map(({ data }) => data)).toEqual([
    undefined,
    { name: 'Ben', language: 'de' },
    { name: 'Ana', total: 1, language: 'en' },
  ]);
});

test('a campaign writes to each of its people in their own language', async () => {
  await create({
    key: 'news',
    channel: 'email',
    language: 'en',
    subject: 'News for {{ name }}',
    text: 'Doors open at 19:00',
    translations: [{ language: 'de', subject: 'Neues für {{ name }}', text: 'Einlass um 19 Uhr' }],
  }).expect(201);
  const { body: people } = await app.as(tenant).post('/api/audiences').send({ name: 'People' }).expect(201);
  const { id: audienceId } = people as { id: string };
  const [ana, ben, cleo] = [newMailbox(), newMailbox(), newMailbox()];
  await app
    .as(tenant)
    .post(`/api/audiences/${audienceId}/contacts`)
    .send({
      contacts: [
        { address: ana, attributes: { name: 'Ana', language: 'de_CH' } },
        { address: ben, attributes: { name: 'Ben', language: 'it' } },
        { address: cleo, attributes: { name: 'Cleo' } },
      ],
    })
    .expect(200);
  const { id } = await draft(app, tenant, { templateKey: 'news', audienceId });
  await act(app, tenant, id, 'launch');
  await whenAll(app, tenant, id, ['delivered']);
  const subjects = await Promise.all([ana, ben, cleo].map((to) => recordOf(app, to)));
  expect(subjects.map(([taken]) => taken?.subject)).toEqual(['Neues für Ana', 'News for Ben', 'News for Cleo']);
});

test.each([
  [{ language: undefined }, 'language'],
  [{ translations: [{ language: 'EN', subject: 'x', text: 'x' }] }, 'translations[0].language'],
  [{ translations: [{ language: 'de', text: 'x' }] }, 'translations[0].subject'],
  [{ translations: [{ language: 'de', subject: '{{ x', text: 'x' }] }, 'translations[0].subject'],
  [{ translations: [{ language: 'de', subject: 'x', body: 'x' }] }, 'translations[0].body'],
  [
    { channel: 'voice', subject: undefined, text: undefined, body: 'x', translations: [{ language: 'de', body: 'x' }] },
    'translations[0].speech.language',
  ],
  [
    {
      channel: 'whatsapp',
      subject: undefined,
      text: undefined,
      contentSid: `HX${'0'.repeat(32)}`,
      translations: [{ language: 'de', body: 'x' }],
    },
    'translations',
  ],
])('a template whose languages do not fit is refused, by the field (%#)', async (more, path) => {
  const { body } = await create({ ...TICKETS, key: 'refused', ...more }).expect(422);
  const { errors } = body as { errors: { path: string }[] };
  expect(errors.map((error) => error.path)).toContain(path);
});

const brand = (body: object) => app.as(tenant).put('/api/branding').send(body);

test('branding is what a version was published with, until it is published again', async () => {
  const before = await app.as(tenant).get('/api/branding').expect(200);
  expect(before.body).toEqual({ variables: {}, updatedAt: null, outdated: [] });
  // Without branding it is a variable as any other.
  const sent = { key: 'letter', channel: 'email', subject: 'x', html: '<p>{{ brand.name }} {{ brand["city"] }}</p>' };
  const first = await create(sent).expect(201);
  expect(first.body).toMatchObject({ requiredVariables: ['brand.name', 'brand["city"]'] });

  const one = await brand({ variables: { name: 'Riverside & Sons', city: 'Ulm' } }).expect(200);
  expect(one.body).toMatchObject({ variables: { name: 'Riverside & Sons', city: 'Ulm' }, outdated: ['letter'] });
  const asWas = await preview('letter', { data: { brand: { name: 'Mine', city: 'Bonn' } } });
  expect(asWas).toMatchObject({ html: '<p>Mine Bonn</p>' });

  const two = await brand({ variables: { name: 'Riverside & Sons', city: 'Ulm' }, republish: true }).expect(200);
  expect(two.body).toMatchObject({ outdated: [] });
  const { body: now } = await app.as(tenant).get('/api/templates/letter').expect(200);
  expect(now).toMatchObject({ version: 2, html: sent.html, requiredVariables: [] });
  expect(await preview('letter', {})).toMatchObject({ html: '<p>Riverside &amp; Sons Ulm</p>' });
  expect(await preview('letter', { data: { brand: { name: 'Mine' } } })).toMatchObject({
    html: '<p>Riverside &amp; Sons Ulm</p>',
  });

  // What is accepted keeps its version, and with it the branding.
  const id = await send(app, tenant, {
    ...email({ content: undefined, template: { key: 'letter' } }),
    sendAt: new Date(Date.now() + 3_600_000).toISOString(),
  });
  await brand({ variables: { name: 'Lakeside', city: 'Ulm' }, republish: true }).expect(200);
  const shown = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
  expect(shown.body).toMatchObject({ templateVersion: 2, content: { html: '<p>Riverside &amp; Sons Ulm</p>' } });
  expect(await preview('letter', {})).toMatchObject({ html: '<p>Lakeside Ulm</p>' });
});

test('a variable that the branding lacks is refused, and so is a branding that a template could not be published with', async () => {
  await brand({ variables: { name: 'Lakeside', city: 'Ulm' }, republish: true }).expect(200);
  const lacking = await create({ key: 'lacking', channel: 'sms', body: '{{ brand.nam }}' }).expect(422);
  expect(lacking.body).toMatchObject({ code: 'invalid_template', errors: [{ path: 'brand.nam' }] });
  await create({ key: 'lacking', channel: 'sms', body: '{{ brand.nam | default: "x" }}' }).expect(201);

  const refused = await brand({ variables: { name: 'Seaside' }, republish: true }).expect(422);
  expect(refused.body).toMatchObject({
    code: 'invalid_template',
    errors: [{ path: 'templates.letter.brand["city"]' }],
  });
  const { body } = await app.as(tenant).get('/api/branding').expect(200);
  expect(body).toMatchObject({ variables: { name: 'Lakeside' }, outdated: [] });
  expect(await preview('letter', {})).toMatchObject({ html: '<p>Lakeside Ulm</p>' });

  for (const variables of [{ 'a-b': 'x' }, { a: {} }, { a: 'x'.repeat(2_001) }, []]) {
    await brand({ variables }).expect(400);
  }
});

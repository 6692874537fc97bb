/** What belongs to one tenant cannot be used by another that names it in a body: tried on every field that names something. */
import { fromJson, toText, withValue, type Path } from '../../harness/json-text.js';
import { operationsOf, type OpenApiDocument } from '../../harness/openapi-operations.js';
import { openApiDocument } from '../../src/kernel/openapi/openapi.js';
import { resourcesOf } from '../support/owned-resources.js';
import { newMailbox, newNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

/** What a tenant has, by id or key. All templates have keys that the other tenant does not know. */
interface Has {
  readonly venue: string;
  /** A venue without a number. */
  readonly quiet: string;
  readonly sender: string;
  readonly second: string;
  readonly text: string;
  readonly otherText: string;
  readonly email: string;
  readonly speech: string;
  readonly whatsapp: string;
  readonly confirmation: string;
  readonly audience: string;
  readonly segment: string;
  readonly campaign: string;
  readonly file: string;
  readonly noticeDelivery: string;
}

/** A request that a tenant may make with what it has. */
interface Attempt {
  readonly route: string;
  readonly url: string;
  readonly body: object;
}

const ADDRESSES = ['+15557770001', '+15557770002'];

let app: TestApp;
let owner: Tenant;
let other: Tenant;
let theirs: Has;
let own: Has;
/** Of the other tenant, by the path up to it. */
let paths: Readonly<Record<string, string>>;
/** A campaign of the other tenant’s for each kind there is. */
const drafts: string[] = [];
beforeAll(async () => {
  app = await openTestApp();
  [owner, other] = [await app.tenant(), await app.tenant()];
  theirs = (await having(owner, 'theirs', ADDRESSES[0])).has;
  ({ has: own, paths } = await having(other, 'own', ADDRESSES[1]));
  paths = { ...paths, '/api/templates/': own.email };
  for (const { route, url, body } of attempts(own)) {
    if (route !== 'POST /api/campaigns') continue;
    const { body: draft } = await app.as(other).post(url).send(body).expect(201);
    drafts.push((draft as { id: string }).id);
  }
});
afterAll(() => app.close());

async function having(tenant: Tenant, prefix: string, number: string | undefined) {
  const resources = await resourcesOf(app, tenant, number);
  const venueId = resources['/api/venues/'] ?? '';
  const template = async (key: string, content: object): Promise<string> => {
    const input = { key: `${prefix}-${key}`, category: 'transactional', ...content };
    await app.as(tenant).post('/api/templates').send(input).expect(201);
    return input.key;
  };
  const email = { channel: 'email', subject: 'Doors', text: 'at 19:00' };
  const has: Has = {
    venue: venueId,
    quiet: tenant.defaultVenueId,
    sender: resources['/api/senders/'] ?? '',
    second: await newSender(app, tenant, { venueId, channel: 'sms', address: newNumber() }),
    text: await template('text', { channel: 'sms', body: 'Doors at 19:00' }),
    otherText: await template('other-text', { channel: 'sms', body: 'Doors at 20:00' }),
    email: await template('email', email),
    speech: await template('speech', { channel: 'voice', body: 'Doors at 19:00' }),
    whatsapp: await template('whatsapp', { channel: 'whatsapp', contentSid: `HX${'a'.repeat(32)}` }),
    confirmation: await template('confirmation', { channel: 'sms', body: 'Yes? {{ confirm_url }}' }),
    audience: resources['/api/audiences/'] ?? '',
    segment: resources['/api/segments/'] ?? '',
    campaign: resources['/api/campaigns/'] ?? '',
    file: resources['/api/files/'] ?? '',
    noticeDelivery: await noticeDelivery(resources['/api/notices/'] ?? ''),
  };
  return { has, paths: resources };
}

async function noticeDelivery(noticeId: string): Promise<string> {
  const [row] = await app.database.query<{ id: string }>(
    `insert into notice_delivery (notice_id, to_operator, channel, address, host, language, state, due_at)
     values ($1, false, 'email', 'ana@example.com', 'email:', 'en', 'given_up', null) returning id`,
    [noticeId],
  );
  return row?.id ?? '';
}

/** One for each field of a body that names something: with what `has` names, it is carried out. */
function attempts(has: Has): Attempt[] {
  const venueId = has.venue;
  const sms = { channel: 'sms', to: newNumber() };
  const mail = { channel: 'email', to: newMailbox(), content: { subject: 'Doors', text: 'at 19:00' } };
  const messages = [
    { ...sms, venueId, template: { key: has.text } },
    { ...sms, venueId, senderId: has.sender, content: { body: 'Doors' } },
    { ...mail, attachments: [{ id: has.file }] },
    {
      ...mail,
      venueId,
      alternateTo: newNumber(),
      fallback: [{ channel: 'sms', senderId: has.sender, template: { key: has.text } }],
    },
  ];
  const letter = {
    channel: 'email',
    category: 'transactional',
    subject: 'Doors',
    text: 'at 19:00',
    attachments: [{ id: has.file }],
  };
  const news = { name: 'News', venueId, audienceId: has.audience };
  const campaign = { ...news, channel: 'sms', templateKey: has.text };
  const campaigns = [
    { ...campaign, segmentId: has.segment },
    { ...campaign, senderId: has.sender },
    { ...news, channel: 'sms', variants: [{ templateKey: has.text }, { templateKey: has.otherText }] },
    {
      ...news,
      channels: [
        { channel: 'sms', templateKey: has.text, senderId: has.sender },
        { channel: 'email', templateKey: has.email },
      ],
    },
    { ...campaign, channel: 'email', templateKey: has.email, attachments: [{ id: has.file }] },
  ];
  const automation = {
    name: 'Gone',
    definition: { trigger: 'guest.went', steps: [{ send: { templates: [has.text] } }] },
  };
  const to = (route: string, ...bodies: object[]): Attempt[] =>
    bodies.map((body) => ({ route, url: filled(route.split(' ')[1] ?? ''), body }));
  return [
    ...to('POST /api/senders', {
      venueId,
      channel: 'sms',
      address: newNumber(),
      fallbackSenderId: has.sender,
    }),
    ...to('PATCH /api/senders/{id}', { fallbackSenderId: has.second }),
    ...to('POST /api/consent/import', {
      venueId,
      channel: 'sms',
      source: 'form',
      contacts: [{ address: newNumber(), status: 'opted_in' }],
    }),
    ...to('POST /api/numbers', { venueId: has.quiet, search: { country: 'US' } }),
    ...to('POST /api/messages', ...messages),
    ...to('POST /api/messages/batch', ...messages.map((message) => ({ messages: [message] }))),
    ...to('POST /api/templates', { key: `letter-${newNumber().slice(1)}`, ...letter }),
    ...to('PUT /api/templates/{key}', letter),
    ...to('POST /api/campaigns', ...campaigns),
    ...campaigns.map((body, n) => ({
      route: 'PATCH /api/campaigns/{id}',
      url: `/api/campaigns/${drafts[n]}`,
      body: { ...body, name: 'Changed' },
    })),
    ...to('POST /api/calls', {
      venueId,
      voiceTemplate: { key: has.speech },
      smsTemplate: { key: has.text },
      escalation: [{ to: newNumber() }, { to: newNumber(), channel: 'sms' }],
    }),
    ...to('POST /api/conversations/{id}/messages', { template: { key: has.text } }),
    ...to('POST /api/auto-replies', { venueId, channel: 'whatsapp', template: { key: has.whatsapp } }),
    ...to('PATCH /api/auto-replies/{id}', { template: { key: has.text } }),
    ...to('POST /api/opt-in-requests', {
      venueId,
      channel: 'sms',
      address: newNumber(),
      source: 'form',
      template: { key: has.confirmation },
    }),
    ...to('POST /api/automations/install', { keys: ['order-confirmation'], languages: ['en'], venueId }),
    ...to('POST /api/automations', { key: `gone-${newNumber().slice(1)}`, venueId, ...automation }),
    ...to('PUT /api/automations/{id}', { venueId, ...automation }),
    ...to('POST /api/segments', { audienceId: has.audience, name: newNumber(), rule: { missing: 'city' } }),
    ...to('POST /api/segments/preview', { audienceId: has.audience, rule: { missing: 'city' } }),
    ...to('POST /api/notices/{id}/redeliver', { deliveryId: has.noticeDelivery }),
  ];
}

const filled = (path: string): string =>
  path.replaceAll(/\{\w+\}/g, (_parameter: string, at: number) => paths[path.slice(0, at)] ?? '');

function leavesOf(value: unknown, at: Path = []): { readonly at: Path; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ at, value }];
  const inner = Array.isArray(value) ? value.map((one, place) => [place, one] as const) : Object.entries(value);
  return inner.flatMap(([name, one]) => leavesOf(one, [...at, name]));
}

/** The fields of a body that name what the tenant has, each with what the owner has of its kind. */
function named(body: object): { readonly at: Path; readonly of: string }[] {
  return leavesOf(body).flatMap(({ at, value }) => {
    const [name] = Object.entries(own).find(([, has]) => has === value) ?? [];
    return name === undefined ? [] : [{ at, of: theirs[name as keyof Has] }];
  });
}

async function answer({ route, url }: Attempt, body: string) {
  const method = route.split(' ')[0]?.toLowerCase() as 'post';
  const { status, text } = await app.as(other)[method](url).type('json').send(body);
  return { status, text };
}

/** Of a batch each message has an answer of its own. */
const isRefused = ({ status, text }: { readonly status: number; readonly text: string }): boolean =>
  (status >= 400 && status < 500) || (status === 202 && /"error":\{[^}]*"status":4\d\d/.test(text));

test('with what is its own each request is carried out', async () => {
  const wrong: unknown[] = [];
  for (const attempt of attempts(own)) {
    const answered = await answer(attempt, toText(fromJson(attempt.body)));
    if (answered.status >= 300 || isRefused(answered)) wrong.push([attempt.route, attempt.body, answered]);
  }
  expect(wrong).toEqual([]);
});

test('with what is another’s in any field it is refused, and the answer tells nothing of it', async () => {
  const wrong: unknown[] = [];
  let tried = 0;
  for (const attempt of attempts(own)) {
    for (const { at, of } of named(attempt.body)) {
      tried += 1;
      const answered = await answer(attempt, toText(withValue(fromJson(attempt.body), at, JSON.stringify(of))));
      const told = Object.values(theirs).filter((id) => id !== of && answered.text.includes(id));
      if (!isRefused(answered) || told.length > 0) wrong.push([attempt.route, at.join('.'), answered]);
    }
  }
  expect(wrong).toEqual([]);
  expect(tried).toBeGreaterThan(60);
});

/** Fields that are called as those that name something are, and name nothing of a tenant’s: what they are instead. */
const NAMELESS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\.(?:externalId|orderId|customerId|correlationId|uid|eventId|attendeeId)$/, 'the host’s own words'],
  [/^POST \/api\/(?:events|automations\/\{id\}\/dry-run).*\.id$/, 'the host’s own words'],
  [/^POST \/api\/(?:templates|template-parts|automations)\.key$/, 'what is made is called that'],
  [/^POST \/api\/automations\/install\.keys/, 'those that Callboard brings along'],
  [/\.(?:contentSid|contentId)$/, 'what Twilio has, and what an email calls its own image'],
  [/\.requireVenueId$/, 'a choice'],
  [/^(?:POST|PATCH) \/api\/report-schedules.*\.filter\./, 'what is left of the tenant’s own'],
  [/^POST \/api\/(?:desk|inbox)\//, 'what is left of the tenant’s own'],
  [/^POST \/api\/conversations\/.*\.upTo$/, 'a place among the tenant’s own'],
  [/^POST \/api\/reconciliations\./, 'the platform’s admin alone asks'],
  [/^POST \/api\/campaigns\/\{id\}\/winner\./, 'one of the campaign’s own'],
];

test('every field that is documented as one that names something is tried', () => {
  const tried = new Set(
    attempts(own).flatMap(({ route, body }) => named(body).map(({ at }) => `${route}.${at.join('.')}`)),
  );
  const missing = operationsOf(openApiDocument(app.nest) as unknown as OpenApiDocument)
    .filter(({ path }) => path.startsWith('/api/'))
    .flatMap(({ method, path, bodies }) =>
      bodies.flatMap(({ places }) => places.map((place) => `${method} ${path}.${place.path.join('.')}`)),
    )
    .filter((field) => /(?:Id|Ids|Keys?|Sid|\.ids?|\.keys?|\.upTo)(?:\.0)?$/.test(field))
    .filter((field) => !tried.has(field) && !NAMELESS.some(([pattern]) => pattern.test(field)));
  expect([...new Set(missing)]).toEqual([]);
});

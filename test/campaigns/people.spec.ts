/** Whose the contacts of an audience are: by the customer, by the row, or by the address alone. */
import { PeopleSchedule } from '../../src/audiences/people.schedule.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { emptyAudience } from './campaign.support.js';
import { counts, CSV, JSON_TYPE, newAudience, NDJSON, type Audience } from './support.js';

let app: TestApp;
let tenant: Tenant;
let audience: Audience;

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ country: 'DE' });
});
beforeEach(async () => {
  audience = await newAudience(app, tenant);
});
afterAll(() => app.close());

interface Whose {
  readonly address: string;
  readonly person: string;
  readonly preferredChannel: string | null;
}

const contacts = async ({ path }: Audience): Promise<Whose[]> =>
  (await app.as(tenant).get(`${path}/contacts`).expect(200)).body.items as Whose[];

/** Each address with its person. */
const people = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await contacts(audience)).map(({ address, person }) => [address, person]));

const rows = (...given: readonly object[]): Promise<unknown> =>
  audience.import(JSON_TYPE, JSON.stringify(given)).then(({ status }) => expect(status).toBe(200));

const [PHONE, OTHER] = ['+491713940001', '+491713940002'];

test('a customer’s rows are one person, by whatever name a list has for the customer', async () => {
  const list = `E-Mail;Kundennummer;Handy\nana@people.example;1042;\n;1042;${PHONE}\nbo@people.example;1043;\n`;
  const { body } = await audience.import(CSV, list);
  expect(body).toMatchObject({
    ...counts({ inserted: 3 }),
    columns: [{ readAs: 'email' }, { readAs: 'customerId', variable: 'Kundennummer' }, { readAs: 'phone' }],
  });
  await audience.import(NDJSON, `{"phone":"${OTHER}","attributes":{"customer_id":1043}}`);
  expect(await people()).toEqual({
    'ana@people.example': 'customer:1042',
    [PHONE]: 'customer:1042',
    'bo@people.example': 'customer:1043',
    [OTHER]: 'customer:1043',
  });
  expect(await audience.contacts('?kind=phone')).toMatchObject([
    { attributes: { Kundennummer: '1042' } },
    { attributes: { customer_id: 1043 } },
  ]);
});

test('an email address and a number in one row are one person, and alone each is one', async () => {
  await rows({ email: 'ana@people.example', phone: PHONE }, { email: 'bo@people.example' }, { phone: OTHER });
  expect(await people()).toEqual({
    'ana@people.example': 'ana@people.example',
    [PHONE]: 'ana@people.example',
    'bo@people.example': 'bo@people.example',
    [OTHER]: OTHER,
  });
});

test('an address is of the last row that says whose it is; a row that does not say leaves it there', async () => {
  await rows({ email: 'ana@people.example', phone: PHONE, customerId: '7' });
  await rows({ email: 'ana@people.example', name: 'Ana' }, { phone: PHONE, name: 'Ana' });
  expect(await people()).toEqual({ 'ana@people.example': 'customer:7', [PHONE]: 'customer:7' });
  const { body } = await audience.import(JSON_TYPE, JSON.stringify([{ phone: PHONE, name: 'Ana', customerId: '8' }]));
  expect(body).toMatchObject(counts({ updated: 1 }));
  expect(await people()).toEqual({ 'ana@people.example': 'customer:7', [PHONE]: 'customer:8' });
  await rows({ email: 'bo@people.example', phone: PHONE }, { phone: PHONE, seat: 'A1' });
  expect(await people()).toMatchObject({ 'bo@people.example': 'bo@people.example', [PHONE]: 'bo@people.example' });
});

test('an address that was alone becomes another’s by a row that changes nothing else of it', async () => {
  await rows({ email: 'ana@people.example' }, { phone: PHONE });
  const { body } = await audience.import(JSON_TYPE, JSON.stringify([{ email: 'ana@people.example', phone: PHONE }]));
  expect(body).toMatchObject(counts({ updated: 2 }));
  const again = await audience.import(JSON_TYPE, JSON.stringify([{ email: 'ana@people.example', phone: PHONE }]));
  expect(again.body).toMatchObject(counts({ unchanged: 2 }));
});

test('a number is a person of its own again when the address it was one with is removed', async () => {
  await rows({ email: 'ana@people.example', phone: PHONE });
  await app.as(tenant).delete(`${audience.path}/contacts/ana@people.example`).expect(204);
  expect(await people()).toEqual({ [PHONE]: PHONE });
});

test('what stands for no customer makes nobody one with strangers', async () => {
  await rows(
    { phone: PHONE, customerId: 'N/A' },
    { phone: OTHER, customerId: '0' },
    { email: 'a@people.example', customerId: ' ' },
  );
  expect(await people()).toEqual({ [PHONE]: PHONE, [OTHER]: OTHER, 'a@people.example': 'a@people.example' });
});

test('the preferred channel is read by many names and in many words, and stays an attribute', async () => {
  await audience.import(CSV, `phone,Bevorzugter Kanal\n${PHONE},WhatsApp\n${OTHER},pigeon\n`);
  await rows({ email: 'ana@people.example', preferredChannel: 'E-Mail' }, { email: 'bo@people.example', note: 'x' });
  const { body } = await audience.import(CSV, `phone,Wunsch\n${OTHER},text\n`, {}, '?preferredChannel=Wunsch');
  expect(body).toMatchObject(counts({ updated: 1 }));
  expect((await contacts(audience)).map(({ address, preferredChannel }) => [address, preferredChannel])).toEqual([
    ['ana@people.example', 'email'],
    ['bo@people.example', null],
    [PHONE, 'whatsapp'],
    [OTHER, 'sms'],
  ]);
  expect(await audience.contacts('?kind=phone')).toMatchObject([
    { attributes: { 'Bevorzugter Kanal': 'WhatsApp' } },
    {},
  ]);
});

test('of contacts stored before there were people, those with a customer’s id become one', async () => {
  const id = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, kind, address, attributes::jsonb, uuidv7() from (values
       ('email', 'ana@people.example', '{"customerId": 7}'), ('phone', '${PHONE}', '{"customer_id": "7", "preferredChannel": "SMS"}'),
       ('email', 'bo@people.example', '{"customerId": "0"}'), ('phone', '${OTHER}', '{}')) as old (kind, address, attributes)`,
    [id],
  );
  await app.database.query(`update audience set are_people_read = false where id = $1`, [id]);
  await app.nest.get(PeopleSchedule, { strict: false }).read();
  audience = { path: `/api/audiences/${id}` } as Audience;
  expect(await contacts(audience)).toMatchObject([
    { address: 'ana@people.example', person: 'customer:7', preferredChannel: null },
    { address: 'bo@people.example', person: 'bo@people.example' },
    { address: PHONE, person: 'customer:7', preferredChannel: 'sms' },
    { address: OTHER, person: OTHER },
  ]);
  const unread = await app.database.query(`select from audience where id = $1 and not are_people_read`, [id]);
  expect(unread).toEqual([]);
});

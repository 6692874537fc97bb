/** Mails written in MJML: compiled once, when a version is published. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

const create = (input: object) =>
  app
    .as(tenant)
    .post('/api/templates')
    .send({ channel: 'email', category: 'transactional', subject: 'Doors', ...input });
const preview = async (key: string, data: object): Promise<{ html: string; text: string }> =>
  (await app.as(tenant).post(`/api/templates/${key}/preview`).send({ data }).expect(200)).body as {
    html: string;
    text: string;
  };
const mail = (content: string, around = (inner: string) => inner): string =>
  around(`<mj-section><mj-column>${content}</mj-column></mj-section>`);
const whole = (inner: string): string => `<mjml><mj-body>${inner}</mj-body></mjml>`;

test('MJML becomes HTML with its Liquid, with layout, partials and every language, and is shown as it was sent', async () => {
  await app
    .as(tenant)
    .put('/api/branding')
    .send({ variables: { color: '#0b7a75' } })
    .expect(200);
  const part = (input: object) => app.as(tenant).post('/api/template-parts').send(input).expect(201);
  await part({ key: 'letterhead', kind: 'layout', mjml: whole(`{{ content }}{% include 'foot' %}`) });
  await part({ key: 'foot', kind: 'partial', mjml: mail('<mj-text>Bye {{ name }}</mj-text>') });
  const own = {
    key: 'order',
    language: 'en',
    layout: 'letterhead',
    mjml: mail(
      '<mj-text color="{{ brand.color }}">Hello {{ name }}{% if vip %}, dear{% endif %}</mj-text><mj-button href="https://a.example/{{ id }}">Go</mj-button>',
    ),
    translations: [{ language: 'de', subject: 'Einlass', mjml: mail('<mj-text>Hallo {{ name }}</mj-text>') }],
  };
  const made = await create(own).expect(201);
  expect(made.body).toMatchObject({ ...own, parts: [{ key: 'foot' }, { key: 'letterhead' }] });
  expect(made.body).not.toHaveProperty('html');
  const english = await preview('order', { name: 'A & B', id: 7, vip: true });
  expect(english.html).toMatch(/color:#0b7a75;"\s*>Hello A &amp; B, dear<\/div>/);
  expect(english.html).toContain('href="https://a.example/7"');
  expect(english.text).toContain('Hello A & B, dear');
  const german = await preview('order', { name: 'Ana', id: 7, language: 'de' });
  expect(german.html).toMatch(/Hallo Ana[^]*Bye Ana/);
});

test.each([
  [whole('{% if vip %}<mj-section></mj-section>{% endif %}'), expect.stringContaining('{% if vip %}')],
  [whole(`Dear guests ${mail('<mj-text>x</mj-text>')}`), expect.stringContaining('Dear guests')],
  [whole(mail('<mj-text>{{ name </mj-text>')), expect.stringContaining('not closed')],
  [whole(mail('<mj-nothing>x</mj-nothing>')), expect.stringContaining('mj-nothing')],
  [whole(mail('<mj-text font-size="{{ size }}">x</mj-text>')), expect.stringContaining('font-size')],
  ['<p>no MJML</p>', expect.anything()],
])('MJML that would come out otherwise than it was meant is refused (%#)', async (mjml, message) => {
  const { body } = await create({ key: 'refused', mjml }).expect(422);
  expect(body).toMatchObject({ errors: expect.arrayContaining([{ path: 'mjml', message }]) });
});

test('a mail has HTML or MJML, not both', async () => {
  const { body } = await create({ key: 'both', mjml: whole(mail('<mj-text>x</mj-text>')), html: 'x' }).expect(422);
  expect(body).toMatchObject({ code: 'invalid_template', errors: [{ path: 'mjml' }] });
});

test('what is built compiles it too, in one file with all of MJML', async () => {
  const worker = new Worker(join(import.meta.dirname, '../../dist/bundle/mjml.worker.js'), {
    workerData: [whole(mail('<mj-text>Hello</mj-text>'))],
  });
  const [made] = await new Promise<{ html: string }[]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  expect(made?.html).toContain('>Hello</div>');
});

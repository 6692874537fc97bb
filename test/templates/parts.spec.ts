/** Layouts and partials: a template keeps those that it was published with. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { email, send } from '../support/messages.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

const createPart = (input: object) => app.as(tenant).post('/api/template-parts').send(input);
const changePart = (key: string, input: object) => app.as(tenant).put(`/api/template-parts/${key}`).send(input);
const create = (input: object) =>
  app
    .as(tenant)
    .post('/api/templates')
    .send({ channel: 'email', category: 'transactional', subject: 'Doors', ...input });
const preview = async (key: string, data: object = {}): Promise<unknown> =>
  (await app.as(tenant).post(`/api/templates/${key}/preview`).send({ data }).expect(200)).body;

const LETTERHEAD = {
  key: 'letterhead',
  kind: 'layout',
  html: `<html lang="{{ language }}"><body><h1>{{ brand.name }}</h1>{{ content }}{% include 'foot' %}</body></html>`,
};
const FOOT = { key: 'foot', kind: 'partial', html: '<p>Bye, {{ name }}</p>', text: 'Bye, {{ name }}' };

test('a template is put together when it is published, and stays so until it is published again', async () => {
  await app
    .as(tenant)
    .put('/api/branding')
    .send({ variables: { name: 'Riverside' } })
    .expect(200);
  expect((await createPart(LETTERHEAD).expect(201)).body).toMatchObject({ ...LETTERHEAD, version: 1, outdated: [] });
  await createPart(FOOT).expect(201);
  const own = {
    key: 'order',
    language: 'en',
    layout: 'letterhead',
    html: '<p>Hi {{ name }}, {{ seat }}</p>',
    translations: [{ language: 'de', subject: 'Einlass', html: "<p>Hallo {{ name }}</p>{%- include 'foot' %}" }],
  };
  const made = await create(own).expect(201);
  expect(made.body).toMatchObject({
    ...own,
    requiredVariables: ['name', 'seat'],
    parts: [
      { key: 'foot', version: 1 },
      { key: 'letterhead', version: 1 },
    ],
  });
  const data = { name: 'Ana', seat: 'F1' };
  const page = (language: string, content: string): object => ({
    html: `<html lang="${language}"><body><h1>Riverside</h1>${content}<p>Bye, Ana</p></body></html>`,
  });
  expect(await preview('order', data)).toMatchObject({
    ...page('en', '<p>Hi Ana, F1</p>'),
    text: 'Riverside\n\nHi Ana, F1\n\nBye, Ana',
  });
  expect(await preview('order', { ...data, language: 'de' })).toMatchObject(
    page('de', '<p>Hallo Ana</p><p>Bye, Ana</p>'),
  );

  const id = await send(app, tenant, email({ content: undefined, template: { key: 'order', data } }));
  const changed = { html: '<b>Bye</b>', text: 'Bye' };
  expect((await changePart('foot', changed).expect(200)).body).toMatchObject({ version: 2, outdated: ['order'] });
  expect(await preview('order', data)).toMatchObject(page('en', '<p>Hi Ana, F1</p>'));

  const again = await changePart('foot', { ...changed, republish: true }).expect(200);
  expect(again.body).toMatchObject({ version: 3, outdated: [] });
  const { body: now } = await app.as(tenant).get('/api/templates/order').expect(200);
  expect(now).toMatchObject({ ...own, version: 2, parts: [{ key: 'foot', version: 3 }, { key: 'letterhead' }] });
  expect(await preview('order', data)).toMatchObject({ html: expect.stringContaining('F1</p><b>Bye</b></body>') });
  const shown = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
  expect(shown.body).toMatchObject({ templateVersion: 1, content: page('en', '<p>Hi Ana, F1</p>') });
});

test('a partial has a text of its own for what is not HTML', async () => {
  const sms = { key: 'order-sms', channel: 'sms', subject: undefined, body: "Doors 19:00. {% include 'sign' %}" };
  await createPart({ key: 'sign', kind: 'partial', html: '<b>Reply STOP</b>' }).expect(201);
  const refused = await create(sms).expect(422);
  expect(refused.body).toMatchObject({ code: 'invalid_template', errors: [{ path: 'body' }] });
  await changePart('sign', { text: 'Reply STOP' }).expect(200);
  await create(sms).expect(201);
  expect(await preview('order-sms')).toMatchObject({ body: 'Doors 19:00. Reply STOP' });
  const { body } = await app.as(tenant).get('/api/template-parts?limit=2').expect(200);
  expect(body).toMatchObject({ items: [{ key: 'foot', version: 3 }, { key: 'letterhead' }] });
  const first = await app.as(tenant).get('/api/template-parts/sign?version=1').expect(200);
  expect(first.body).toMatchObject({ html: '<b>Reply STOP</b>', version: 1 });
  await app.as(tenant).get('/api/template-parts/sign?version=7').expect(404);
});

test.each([
  [{ html: "{% include 'none' %}" }, 'html', 'there is no partial `none`'],
  [{ html: "{% include 'letterhead' %}" }, 'html', 'there is no partial `letterhead`'],
  [{ html: 'x', layout: 'foot' }, 'layout', 'there is no layout `foot`'],
  [{ html: '{% include foot %}' }, 'html', expect.stringContaining('in quotes')],
  [{ html: "{% include 'foot' %}\n{% iff %}" }, 'html', 'tag "iff" not found'],
  [{ channel: 'sms', subject: undefined, body: 'x', layout: 'letterhead' }, 'layout', expect.anything()],
])('a template with parts that do not fit is refused (%#)', async (more, path, message) => {
  const { body } = await create({ key: 'refused', ...more }).expect(422);
  expect(body).toMatchObject({ errors: [{ path, message }] });
});

test.each([
  [{ kind: 'layout', html: '<p></p>' }, 'html'],
  [{ kind: 'layout', html: '{{ content }}', text: '{{ content }}{{ content }}' }, 'text'],
  [{ kind: 'partial', text: "{% include 'foot' %}" }, 'text'],
  [{ kind: 'partial', text: '{{ x' }, 'text'],
  [{ kind: 'partial' }, 'html'],
])('a part that could be in no template is refused (%#)', async (part, path) => {
  const { body } = await createPart({ key: 'refused', ...part }).expect(422);
  expect(body).toMatchObject({ errors: [{ path }] });
});

test('a part that its templates could not be published with is refused as a whole', async () => {
  const refused = await changePart('letterhead', { html: "{{ content }}{% include 'gone' %}", republish: true }).expect(
    422,
  );
  expect(refused.body).toMatchObject({ code: 'invalid_template', errors: [{ path: 'templates.order.html' }] });
  const kept = await app.as(tenant).get('/api/template-parts/letterhead').expect(200);
  expect(kept.body).toMatchObject({ version: 1 });
  await createPart(FOOT).expect(409);
  await changePart('none', { html: 'x' }).expect(404);
});

/** Which version of a template is read and previewed. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  const first = { key: 'doors', channel: 'sms', category: 'transactional', body: 'Doors open at {{ time }}' };
  await app.as(tenant).post('/api/templates').send(first).expect(201);
  await app.as(tenant).put('/api/templates/doors').send({ body: 'Doors: {{ time }}' }).expect(200);
});
afterAll(() => app.close());

const read = (version: string, key = 'doors') => app.as(tenant).get(`/api/templates/${key}${version}`);
const preview = (version: string, key = 'doors') =>
  app
    .as(tenant)
    .post(`/api/templates/${key}/preview${version}`)
    .send({ data: { time: '19:00' } });

test('The newest, or the one asked for', async () => {
  for (const [version, template, text] of [
    ['', 'Doors: {{ time }}', 'Doors: 19:00'],
    ['?version=2', 'Doors: {{ time }}', 'Doors: 19:00'],
    ['?version=1', 'Doors open at {{ time }}', 'Doors open at 19:00'],
  ] as const) {
    expect((await read(version).expect(200)).body).toMatchObject({ body: template });
    expect((await preview(version).expect(200)).body).toMatchObject({ body: text });
  }
});

test('A version it never had is distinguished from a template that does not exist', async () => {
  for (const ask of [read, preview]) {
    expect((await ask('?version=3').expect(404)).body).toMatchObject({
      code: 'template_version_not_found',
      detail: 'This template has no version 3: its newest is 2',
    });
    expect((await ask('?version=1', 'dors').expect(404)).body).toMatchObject({ code: 'template_not_found' });
  }
});

test('Another tenant’s template is not there, whatever the version', async () => {
  const other = app.as(await app.tenant());
  for (const version of ['?version=1', '?version=3']) {
    const got = await other.get(`/api/templates/doors${version}`).expect(404);
    const shown = await other.post(`/api/templates/doors/preview${version}`).send({ data: {} }).expect(404);
    for (const { body } of [got, shown]) expect(body).toMatchObject({ code: 'template_not_found' });
  }
});

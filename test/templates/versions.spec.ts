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

test('Versions are listed, compared and brought back as they were', async () => {
  const put = (texts: object) => app.as(tenant).put('/api/templates/gates').send(texts);
  await app
    .as(tenant)
    .put('/api/branding')
    .send({ variables: { city: 'Ulm' } })
    .expect(200);
  const first = {
    key: 'gates',
    channel: 'email',
    category: 'transactional',
    subject: 'Gates',
    text: 'Hello\nGate 4\n{{ brand.city }}',
    language: 'en',
    translations: [{ language: 'de', subject: 'Tore', text: 'Tor 4' }],
  };
  await app.as(tenant).post('/api/templates').send(first).expect(201);
  await app
    .as(tenant)
    .put('/api/branding')
    .send({ variables: { city: 'Bonn' } })
    .expect(200);
  await put({ ...first, key: undefined, text: 'Hello\nGate 5\n{{ brand.city }}', translations: undefined }).expect(200);

  const { body: diff } = await app.as(tenant).get('/api/templates/gates/diff?from=1').expect(200);
  expect(diff).toEqual({
    from: 1,
    to: 2,
    changes: [
      { path: 'brand', diff: '@@ -1,3 +1,3 @@\n {\n-  "city": "Ulm"\n+  "city": "Bonn"\n }' },
      { path: 'text', diff: '@@ -1,3 +1,3 @@\n Hello\n-Gate 4\n+Gate 5\n {{ brand.city }}' },
      { path: 'translations.de.subject', diff: '@@ -1,1 +0,0 @@\n-Tore' },
      { path: 'translations.de.text', diff: '@@ -1,1 +0,0 @@\n-Tor 4' },
    ],
  });
  expect((await app.as(tenant).get('/api/templates/gates/diff').expect(200)).body).toEqual(diff);
  await app.as(tenant).get('/api/templates/gates/diff?from=9').expect(404);

  const back = await app.as(tenant).post('/api/templates/gates/roll-back').send({ version: 1 }).expect(200);
  expect(back.body).toMatchObject({ ...first, version: 3 });
  const shown = await app.as(tenant).post('/api/templates/gates/preview').send({}).expect(200);
  expect(shown.body).toMatchObject({ text: 'Hello\nGate 4\nUlm' });
  const current = await app.as(tenant).post('/api/templates/gates/roll-back').send({ version: 3 }).expect(409);
  expect(current.body).toMatchObject({ code: 'template_version_current' });
  await app.as(tenant).post('/api/templates/gates/roll-back').send({ version: 7 }).expect(404);

  const listed = await app.as(tenant).get('/api/templates/gates/versions?limit=2').expect(200);
  const { items, nextCursor } = listed.body as { items: object[]; nextCursor: string };
  expect(items).toEqual([
    expect.objectContaining({ version: 3, current: true, restoredFrom: 1 }),
    expect.objectContaining({ version: 2, current: false, restoredFrom: null }),
  ]);
  const rest = await app.as(tenant).get(`/api/templates/gates/versions?cursor=${nextCursor}`).expect(200);
  expect(rest.body).toMatchObject({ items: [{ version: 1 }], nextCursor: null });
});

test('Kept data try a template, and say what a new version breaks', async () => {
  const sets = '/api/templates/doors/data-sets';
  const put = (name: string, data: object) => app.as(tenant).put(`${sets}/${name}`).send({ data });
  await put('evening', { time: '19:00' }).expect(204);
  await put('evening', { time: '20:00' }).expect(204);
  await put('nothing', {}).expect(204);
  const { body } = await app.as(tenant).get(sets).expect(200);
  expect(body).toMatchObject({
    items: [
      { name: 'evening', data: { time: '20:00' }, problem: null },
      { name: 'nothing', problem: { code: 'missing_variables' } },
    ],
  });
  const shown = (input: object) => app.as(tenant).post('/api/templates/doors/preview').send(input);
  expect((await shown({ dataSet: 'evening' }).expect(200)).body).toMatchObject({ body: 'Doors: 20:00' });
  const mixed = await shown({ dataSet: 'evening', data: { time: '21:00' } }).expect(200);
  expect(mixed.body).toMatchObject({ body: 'Doors: 21:00' });
  expect((await shown({ dataSet: 'none' }).expect(404)).body).toMatchObject({ code: 'data_set_not_found' });

  await app.as(tenant).delete(`${sets}/nothing`).expect(204);
  await app.as(tenant).delete(`${sets}/nothing`).expect(404);
  await put('No%20name', {}).expect(400);
  for (let count = 1; count < 20; count += 1) await put(`set-${count}`, {}).expect(204);
  expect((await put('one-more', {}).expect(409)).body).toMatchObject({ code: 'too_many_data_sets' });
});

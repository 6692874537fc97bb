/** Templates that take long, on a whole service: whoever else asks is answered meanwhile, and what is within the limits is sent. */
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const ENDLESS = '{% for i in (1..1000000) %}{% assign x = i | plus: 1 %}{% endfor %}';

const create = (template: object) => app.as(tenant).post('/api/templates').send(template).expect(201);

test('others are answered while a preview loops, which is refused', async () => {
  await create({ key: 'endless', channel: 'sms', category: 'transactional', body: ENDLESS });
  let isDone = false;
  const preview = app
    .as(tenant)
    .post('/api/templates/endless/preview')
    .send({ data: {} })
    .then((answer) => {
      isDone = true;
      return answer;
    });
  let answered = 0;
  while (!isDone) {
    await app.http.get('/health/live').expect(200);
    answered += 1;
  }
  expect((await preview).body).toMatchObject({ status: 422, code: 'template_too_expensive' });
  expect(answered).toBeGreaterThan(5);
});

test('a message of a template that loops is refused, and one that takes long within the limits is sent', async () => {
  const loops = { channel: 'sms', to: '+14155550100', template: { key: 'endless' } };
  const refused = await app.as(tenant).post('/api/messages').send(loops).expect(422);
  expect(refused.body).toMatchObject({ code: 'template_too_expensive', errors: [{ path: 'template.data' }] });

  await create({
    key: 'digest',
    channel: 'email',
    category: 'transactional',
    subject: 'What is on',
    text: '{{ list }}{{ list }}{{ list }}',
  });
  const list = 'Doors open at 19:00. '.repeat(4_000);
  const digest = { channel: 'email', to: 'ana@example.com', template: { key: 'digest', data: { list } } };
  const { body } = await app.as(tenant).post('/api/messages').send(digest).expect(202);
  const { id } = body as { id: string };
  await until(async () => {
    const message = await app.as(tenant).get(`/api/messages/${id}`);
    return (message.body as { status: string }).status === 'delivered';
  });
  const content = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
  expect((content.body as { content: { text: string } }).content.text).toHaveLength(3 * list.length);
});

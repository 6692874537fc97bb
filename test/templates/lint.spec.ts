/** A preview says what is probably wrong with a message. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LinkCheck } from '../../src/templates/lint/link-check.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
let site: Server;
let asked: string[];
let url: string;
beforeAll(async () => {
  site = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const [, status, needsGet] = /^\/(\d+)(\/get)?/.exec(request.url ?? '') ?? [];
    const code = needsGet !== undefined && request.method === 'HEAD' ? 405 : Number(status);
    if (request.url === '/silent') return;
    response.writeHead(code, { location: 'http://10.0.0.1/' }).end();
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  app = await openTestApp({ role: 'api', privateHosts: ['127.0.0.1'] });
  tenant = await app.tenant();
});
beforeEach(() => {
  asked = [];
});
afterAll(async () => {
  await app.close();
  site.closeAllConnections();
  site.close();
});

const publish = (input: object) =>
  app
    .as(tenant)
    .post('/api/templates')
    .send({ category: 'transactional', ...input })
    .expect(201);
const preview = async (key: string, input: object): Promise<{ lint?: object[] }> =>
  (await app.as(tenant).post(`/api/templates/${key}/preview`).send(input).expect(200)).body as { lint?: object[] };

test('what is wrong is said where it is asked for, links included, each of which is asked once', async () => {
  const links = ['/200', '/302', '/403', '/404', '/410/get', '/200/get', '/500'].map((path) => `${url}${path}`);
  await publish({
    key: 'order',
    channel: 'email',
    subject: 'LAST CHANCE {{ name }}',
    html: [...links, 'http://10.0.0.1/', 'http://nowhere.invalid/', links[3] ?? '']
      .map((link) => `<a href="${link}">{{ name }}</a>`)
      .join('<img src="https://127.0.0.1:1/x.png">'),
  });
  expect((await preview('order', { data: { name: 'ANA' } })).lint).toBeUndefined();
  expect(asked).toEqual([]);

  const { lint } = await preview('order', { data: { name: 'ANA' }, lint: true });
  const dead = (link: string, state: string): object => ({
    rule: 'dead_link',
    part: 'html',
    message: `${link} ${state}`,
  });
  expect(lint?.filter((finding) => 'rule' in finding && finding.rule === 'missing_alt')).toHaveLength(9);
  expect(lint).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ rule: 'spammy_subject', part: 'subject' }),
      dead(`${url}/404`, 'answers 404'),
      dead(`${url}/410/get`, 'answers 410'),
      dead(`${url}/500`, 'answers 500'),
      dead('http://10.0.0.1/', 'is not on the public internet'),
      dead('http://nowhere.invalid/', 'is not on the public internet'),
      dead('https://127.0.0.1:1/x.png', 'cannot be reached'),
    ]),
  );
  expect(lint).toHaveLength(9 + 7);
  expect(asked.filter((request) => request.endsWith('/404'))).toEqual(['HEAD /404', 'GET /404']);
  const before = asked.length;
  await preview('order', { data: { name: 'ANA' }, lint: true });
  expect(asked).toHaveLength(before);
});

test('a link that does not answer in time is told as such', async () => {
  const links = app.nest.get(LinkCheck);
  const { deadlineMs } = links;
  links.deadlineMs = 300;
  await publish({ key: 'silent', channel: 'sms', body: `${url}/silent` });
  const { lint } = await preview('silent', { lint: true });
  expect(lint).toEqual([{ rule: 'dead_link', part: 'body', message: `${url}/silent did not answer in time` }]);
  links.deadlineMs = deadlineMs;
});

test('at most thirty links are asked, and a message without faults has none', async () => {
  const many = Array.from({ length: 40 }, (_, place) => `${url}/200?${place}`);
  await publish({ key: 'many', channel: 'sms', body: many.join(' ') });
  expect((await preview('many', { lint: true })).lint).toEqual([]);
  expect(asked).toHaveLength(30);
});

test('marketing by text that names no venue, or not how to leave, is found; a ticket may do without', async () => {
  await app.as(tenant).post('/api/venues').send({ name: 'The Boathouse' }).expect(201);
  const body = 'Doors open at 7';
  await publish({ key: 'news', channel: 'sms', category: 'marketing', body });
  expect((await preview('news', { lint: true })).lint).toMatchObject([
    { rule: 'sender_not_named', part: 'body' },
    { rule: 'opt_out_not_named', part: 'body' },
  ]);
  await publish({ key: 'ticket', channel: 'sms', body });
  expect((await preview('ticket', { lint: true })).lint).toEqual([]);
  await publish({ key: 'good', channel: 'sms', category: 'marketing', body: `The Boathouse: ${body}. Reply STOP` });
  expect((await preview('good', { lint: true })).lint).toEqual([]);
});

/** Tenants' own domains for counted links: verified by their DNS and by where they lead, and for nobody else's links. */
import { request } from 'undici';
import { GuardedFetch } from '../../src/kernel/index.js';
import type { LinkDomainView, VerifiedLinkDomainView } from '../../src/links/link-domains.dto.js';
import { email, send, whenStatus } from '../support/messages.js';
import { NameServer } from '../support/name-server.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

/** Leads to this process, which an operator allows. */
const HOST = 'localhost';
const PAGE = 'https://example.com/page';

let app: TestApp;
let tenant: Tenant;
let neighbour: Tenant;
let names: NameServer;
/** What the DNS of every name says. */
const texts: string[] = [];
beforeAll(async () => {
  app = await openTestApp({ privateHosts: [HOST] });
  names = await NameServer.open(['127.0.0.1'], texts);
  app.nest.get(GuardedFetch).resolver.setServers([names.address]);
  [tenant, neighbour] = [await app.tenant(), await app.tenant()];
  for (const owner of [tenant, neighbour]) {
    const settings = { linkHosts: ['example.com'], linkCategories: ['transactional'] };
    await app.as(owner).patch(`/api/tenants/${owner.id}/settings`).send(settings).expect(200);
  }
});
afterAll(async () => {
  await names.close();
  await app.close();
});

async function add(owner: Tenant, host = HOST): Promise<LinkDomainView> {
  const { body } = await app.as(owner).post('/api/link-domains').send({ host }).expect(201);
  return body as LinkDomainView;
}
async function verify(owner: Tenant, id: string): Promise<VerifiedLinkDomainView> {
  return (await app.as(owner).post(`/api/link-domains/${id}/verify`).expect(200)).body as VerifiedLinkDomainView;
}

/** The counted link in an email of a tenant's. */
async function linkOf(owner: Tenant): Promise<string> {
  const to = newMailbox();
  const id = await send(app, owner, email({ to, content: { subject: 'Doors', html: `<a href="${PAGE}">x</a>` } }));
  await whenStatus(app, owner, id, 'delivered');
  return (await recordOf(app, to))[0]?.html?.match(/"(.*?)"/)?.[1] ?? '';
}
const statusOf = async (url: string): Promise<number> => {
  const answer = await request(url);
  await answer.body.dump();
  return answer.statusCode;
};

test('A domain is used once its DNS says whose it is and it leads to us, and then leads to its tenant’s links alone', async () => {
  const domain = await add(tenant);
  expect(domain).toMatchObject({ host: HOST, verifiedAt: null });
  expect(await add(tenant)).toEqual(domain);
  const [ours, way] = domain.records;
  expect(way).toEqual({ type: 'CNAME', name: HOST, value: '127.0.0.1' });

  expect(await verify(tenant, domain.id)).toMatchObject({ problem: 'record_missing', verifiedAt: null });
  texts.push('callboard=of-somebody-else', 'v=spf1 -all');
  expect(await verify(tenant, domain.id)).toMatchObject({ problem: 'record_wrong', verifiedAt: null });
  texts.push(ours?.value ?? '');
  expect(await verify(tenant, domain.id)).toMatchObject({ problem: null, verifiedAt: expect.any(String) });

  const claimed = await add(neighbour);
  texts.push(claimed.records[0]?.value ?? '');
  expect(await verify(neighbour, claimed.id)).toMatchObject({ problem: 'taken', verifiedAt: null });

  const [link, theirs] = [await linkOf(tenant), await linkOf(neighbour)];
  expect(link).toMatch(`http://${HOST}:${app.config.port}/l/`);
  expect(theirs).toMatch(`${app.url}/l/`);
  expect(await statusOf(link)).toBe(302);
  expect(await statusOf(link.replace(HOST, '127.0.0.1'))).toBe(302);
  expect(await statusOf(theirs.replace('127.0.0.1', HOST))).toBe(404);

  const { body } = await app.as(tenant).get('/api/link-domains').expect(200);
  expect(body).toMatchObject({ items: [{ id: domain.id, host: HOST }], nextCursor: null });
  await app.as(tenant).delete(`/api/link-domains/${domain.id}`).expect(204);
  await app.as(tenant).delete(`/api/link-domains/${domain.id}`).expect(404);
});

test('A domain that leads to a private address is not asked, and not used', async () => {
  const domain = await add(tenant, 'links.example.com');
  texts.push(domain.records[0]?.value ?? '');
  expect(await verify(tenant, domain.id)).toMatchObject({ problem: 'unreachable', verifiedAt: null });
});

test.each(['intranet', '10.0.0.1', 'Links.example.com', 'https://links.example.com', 'links.example.com:8443'])(
  '%s is no domain for links',
  async (host) => {
    const { body } = await app.as(tenant).post('/api/link-domains').send({ host }).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'host' }] });
  },
);

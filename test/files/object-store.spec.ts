/** Files in an object store: the SDK over a peer that checks what it is sent, and keeps objects in memory. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { listenOnLoopback } from '../../harness/ports.js';
import { PurgeFilesSchedule } from '../../src/files/purge-files.schedule.js';
import { email, read, send, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { pdf, sha256, upload } from './files.js';

const objects = new Map<string, Buffer>();
/** What it answers in place of everything: nothing is kept. */
let outage: { readonly status: number; readonly body: string } | undefined;

const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const content = await buffer(request);
  const { method = '', url = '', headers } = request;
  const path = url.replace(/\?.*/, '');
  if (outage) return void response.writeHead(outage.status, { 'content-type': 'application/xml' }).end(outage.body);
  expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAFILES\/\d{8}\/eu-central-1\/s3\//);
  if (method === 'PUT') {
    expect(headers).not.toHaveProperty('content-encoding'); // as aws-chunked would be
    expect(Number(headers['content-length'])).toBe(content.length);
    objects.set(path, content);
    response.writeHead(200, { etag: `"${createHash('md5').update(content).digest('hex')}"` }).end();
    return;
  }
  if (method === 'DELETE') {
    objects.delete(path);
    return void response.writeHead(204).end();
  }
  const found = objects.get(path);
  if (found) return void response.writeHead(200, { 'content-length': found.length }).end(found);
  response.writeHead(404, { 'content-type': 'application/xml' }).end('<Error><Code>NoSuchKey</Code></Error>');
}

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  await listenOnLoopback(server);
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const files = {
    bucket: 'tickets',
    region: 'eu-central-1',
    endpoint,
    accessKeyId: 'AKIAFILES',
    secretAccessKey: 'secret',
  };
  app = await openTestApp({ files });
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const OUTAGE = { status: 503, body: '<Error><Code>SlowDown</Code></Error>' };

test('a file is in the object store, and nowhere in the database; it goes when nobody refers to it', async () => {
  const content = pdf(50_000);
  const { id, sha256: digest } = await upload(app, tenant, 'ticket.pdf', content);
  expect([...objects]).toEqual([[`/tickets/callboard/${tenant.id}/${digest}`, content]]);
  expect(await app.database.query(`select from file_content`)).toEqual([]);
  await app.database.query(`update file set uploaded_at = '2020-01-01' where id = $1`, [id]);
  await app.nest.get(PurgeFilesSchedule).purge();
  expect(objects.size).toBe(0);
  await app.as(tenant).get(`/api/files/${id}`).expect(404);
});

test('an email carries it byte for byte, and waits while the store does not answer', async () => {
  const content = pdf(80_000);
  const file = await upload(app, tenant, 'ticket.pdf', content);
  outage = OUTAGE;
  const to = newMailbox();
  const id = await send(app, tenant, email({ to, attachments: [{ id: file.id }] }));
  const other = await send(app, tenant, email());
  await until(async () => (await read(app, tenant, id)).errorCode === 'attachment_unreadable');
  await whenStatus(app, tenant, other, 'delivered'); // the lane is not at fault
  outage = undefined;
  await app.database.query(`update pending set ready_at = now() where message_id = $1`, [id]);
  await whenStatus(app, tenant, id, 'delivered');
  expect((await recordOf(app, to)).map(({ attachments }) => attachments?.[0]?.sha256)).toEqual([sha256(content)]);
});

test.each([
  ['does not answer', OUTAGE],
  ['answers with a page of somebody else', { status: 200, body: '<html></html>' }],
])('an upload fails, and leaves no file, when the store %s', async (_, reply) => {
  outage = reply;
  const answered = await app.as(tenant).post('/api/files?name=a.pdf').type('application/pdf').send(pdf());
  outage = undefined;
  expect([answered.status, answered.body]).toEqual([503, expect.objectContaining({ code: 'file_store_unavailable' })]);
  const { body } = await app.as(tenant).get('/api/files').expect(200);
  expect((body as { items: { name: string }[] }).items.filter(({ name }) => name === 'a.pdf')).toEqual([]);
});

/**
 * A provider plugged in as docs/adding-a-provider.md says: a descriptor and a wire, and a line in each of two lists. It is the real
 * service, in a process of its own, whose two lists are a line longer.
 */
import { resolve } from 'node:path';
import { emptyDatabase } from '../../support/databases.js';
import type { ServiceProcess } from '../../../harness/service-process.js';
import { deployment, endProcesses, startService } from '../../support/process.js';
import { until } from '../../../harness/until.js';

const PROGRAM = { args: ['--no-warnings', resolve('test', 'providers', 'toy', 'service.mjs')] };
const NUMBER = '+15550001111';
const ANA = '+15550001112';
const BEN = '+15550001113';

interface Tenant {
  readonly id: string;
  readonly defaultVenueId: string;
}
interface Message {
  readonly id: string;
  readonly status: string;
}

let service: ServiceProcess;
let key: string;
let tenant: Tenant;

beforeAll(async () => {
  const environment = deployment(await emptyDatabase());
  key = environment.CALLBOARD_ADMIN_KEY;
  service = await (await startService(environment, PROGRAM)).ready();
  tenant = await admin('POST', '/api/tenants', { name: 'Riverside Festivals', slug: 'riverside' });
});
afterAll(endProcesses);

const admin = async <Body>(method: string, path: string, body?: object): Promise<Body> =>
  (await service.call<Body>(method, path, { key, body })).body;
const asTenant = async <Body>(method: string, path: string, body?: object): Promise<Body> =>
  (await service.call<Body>(method, path, { key, body, tenantId: tenant.id })).body;
const send = async (to: string): Promise<string> =>
  (await asTenant<Message>('POST', '/api/messages', { channel: 'sms', to, content: { body: 'Doors open at 19:00.' } }))
    .id;
const becomes = (id: string, status: string): Promise<unknown> =>
  until(async () => (await asTenant<Message>('GET', `/api/messages/${id}`)).status === status);

describe('A provider that was only added to the lists', () => {
  test('has an account of the platform, and is well', async () => {
    const { items } = await asTenant<{ items: object[] }>('GET', '/api/provider-accounts');
    expect(items).toContainEqual(expect.objectContaining({ provider: 'pigeon', owner: 'platform' }));
    const { status, body } = await service.call('GET', '/health/ready');
    expect({ status, body }).toMatchObject({ status: 200, body: { checks: { pigeon: { status: 'up' } } } });
  });

  test('sends, and hears what came of it', async () => {
    const sender = { venueId: tenant.defaultVenueId, channel: 'sms', address: NUMBER, provider: 'pigeon' };
    await asTenant('POST', '/api/senders', sender);
    const id = await send(ANA);
    await becomes(id, 'delivered');
    const { body } = await service.call('GET', '/sandbox/messages?provider=pigeon');
    expect(body).toMatchObject({ items: [{ provider: 'pigeon', messageId: id, from: NUMBER, to: ANA }] });
  });

  test('brings a STOP, is answered in its own way, and nothing is sent any more', async () => {
    const stop = { provider: 'pigeon', from: ANA, to: NUMBER, body: 'STOP' };
    const { body } = await service.call('POST', '/sandbox/inbound', { body: stop });
    expect(body).toMatchObject({ status: 202 });
    await becomes(await send(ANA), 'blocked_opted_out');
  });

  test('is refused a webhook that proves nothing', async () => {
    const { status, body } = await service.call('POST', '/webhook/pigeon', { body: { ref: 'x' } });
    const detail = 'The webhook is not trusted: the signature is wrong';
    expect({ status, body }).toMatchObject({ status: 403, body: { code: 'webhook_untrusted', detail } });
  });

  test('has its credentials checked', async () => {
    const account = { provider: 'pigeon', name: 'Ours', credentials: { loft: 'attic', token: 'coo_12345678', x: 1 } };
    const { errors } = await asTenant<{ errors: { message: string }[] }>('POST', '/api/provider-accounts', account);
    expect(errors.map(({ message }) => message)).toEqual([
      'credentials.x is no credential of pigeon: it takes loft, token',
      'credentials.loft must be the name of a loft',
    ]);
  });

  test('fails as the fault plan says', async () => {
    await service.call('PUT', '/sandbox/faults', { body: { calls: [{ provider: 'pigeon', rates: { tooMany: 1 } }] } });
    const id = await send(BEN);
    await until(async () => JSON.stringify(await asTenant('GET', `/api/messages/${id}`)).includes('http-429'));
    await service.call('PUT', '/sandbox/faults', { body: {} });
    await becomes(id, 'delivered');
  });

  test('is in the API document: its webhook, and its name wherever providers are named', async () => {
    const { body } = await service.call<object>('GET', '/docs-json');
    expect(body).toHaveProperty(['paths', '/webhook/pigeon', 'post', 'operationId'], 'pigeonWebhook');
    expect(body).toHaveProperty(
      ['components', 'schemas', 'CreateProviderAccountBody', 'properties', 'provider', 'enum'],
      ['ses', 'resend', 'twilio', 'pigeon'],
    );
  });

  test('is configured by its own variables, which cannot stand beside the sandbox', async () => {
    const given = { PIGEON_LOFT: 'loft-2', CALLBOARD_SANDBOX: 'on' };
    const vain = await startService({ ...deployment(await emptyDatabase()), ...given }, PROGRAM);
    expect(await vain.ended).toMatchObject({ code: 1 });
    expect(vain.err).toContain('unset PIGEON_LOFT, or turn it off');
    expect(vain.err).toContain('PIGEON_TOKEN is missing: set coo_ and what follows it');
  });
});

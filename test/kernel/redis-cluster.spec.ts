/** A Redis Cluster as the queue: every key belongs to one slot, so that BullMQ's scripts may touch them together. */
import { Redis } from 'ioredis';
import { RedisServer } from '../../harness/redis-server.js';
import { act, audience, draft, template, whenState } from '../campaigns/campaign.support.js';
import { openTestApp } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { send, text, whenStatus } from '../support/messages.js';

let redis: RedisServer | undefined;
beforeAll(async () => {
  redis = await RedisServer.open({ args: ['--cluster-enabled', 'yes'] });
});
afterAll(() => redis?.close());

test('messages and campaigns go through a cluster, with all keys under one hash tag', async () => {
  if (!redis) return; // this machine has none: `.ci/run` installs one where it can
  const client = new Redis(redis.url, { maxRetriesPerRequest: 100 });
  client.on('error', () => undefined); // it is asked again until it is there
  await client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383'); // one node has them all
  await until(async () => String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'));
  const app = await openTestApp({ queueUrl: redis.url });
  try {
    const tenant = await app.tenant();
    const people = {
      templateKey: await template(app, tenant, 'email'),
      audienceId: await audience(app, tenant, 50),
    };
    const campaign = await draft(app, tenant, people);
    await act(app, tenant, campaign.id, 'launch');
    const id = await send(app, tenant, text());
    await whenStatus(app, tenant, id, 'delivered');
    await whenState(app, tenant, campaign.id, 'SENT');
    const keys = await client.keys('*');
    expect(keys.length).toBeGreaterThan(3);
    expect(keys.filter((key) => !key.startsWith('{callboard}:'))).toEqual([]);
  } finally {
    await app.close();
    client.disconnect();
  }
});

/** A queue that gives work to nobody, and says nothing of it: the ledger is the queue, and all goes on, only later. */
import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { act, audience, draft, template, whenState } from '../campaigns/campaign.support.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { send, text, whenStatus } from '../support/messages.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  for (const name of ['lanes', 'inbox', 'campaigns']) await app.nest.get<Queue>(getQueueToken(name)).pause();
});
afterAll(() => app.close());

test('messages are sent, reports applied and campaigns frozen without it', async () => {
  const id = await send(app, tenant, text());
  const people = { templateKey: await template(app, tenant, 'email'), audienceId: await audience(app, tenant, 20) };
  const campaign = await draft(app, tenant, people);
  await act(app, tenant, campaign.id, 'launch');
  await whenStatus(app, tenant, id, 'delivered');
  await whenState(app, tenant, campaign.id, 'SENT');
});

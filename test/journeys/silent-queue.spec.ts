/** A queue that gives work to nobody, and says nothing of it: the ledger is the queue, and all goes on, only later. */
import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { act, audience, draft, template, whenState } from '../campaigns/campaign.support.js';
import { openHouse, type House, type Tenant } from '../support/house.js';
import { newNumber, send, whenStatus } from './support.js';

let house: House;
let tenant: Tenant;
beforeAll(async () => {
  house = await openHouse();
  tenant = await house.tenant();
  for (const name of ['lanes', 'inbox', 'campaigns']) await house.app.get<Queue>(getQueueToken(name)).pause();
});
afterAll(() => house.close());

test('messages are sent, reports applied and campaigns frozen without it', async () => {
  const id = await send(house, tenant, { channel: 'sms', to: newNumber(), content: { body: 'Doors at 19:00' } });
  const people = { templateKey: await template(house, tenant, 'email'), audienceId: await audience(house, tenant, 20) };
  const campaign = await draft(house, tenant, people);
  await act(house, tenant, campaign.id, 'launch');
  await whenStatus(house, tenant, id, 'delivered');
  await whenState(house, tenant, campaign.id, 'SENT');
});

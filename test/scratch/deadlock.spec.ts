import { Transitions } from '../../src/dispatch/index.js';
import { openHouse, type House } from '../support/house.js';
let house: House;
beforeAll(async () => { house = await openHouse({ role: 'api', databasePoolSize: 20 }); });
afterAll(() => house.close());
test('deadlock', async () => {
  const tenant = await house.tenant();
  const all: string[] = [];
  for (let i = 0; i < 20; i += 1) {
    const messages = Array.from({ length: 1000 }, () => ({ channel: 'sms', to: '+4915112345678', content: { body: 'x' } }));
    const { body } = await house.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
    all.push(...(body as any).items.map((x: any) => x.id));
  }
  await house.database.query('analyze message');
  await house.database.query(`update message set status='sending'`);
  const t = house.app.get(Transitions, { strict: false });
  for (let round = 0; round < 10; round += 1) {
    const ids = all.slice(round * 2000, round * 2000 + 2000);
    await Promise.all(Array.from({ length: 10 }, (_, k) => {
      const order = ids.map((id) => ({ id, s: Math.random() })).sort((a, b) => a.s - b.s).map(({ id }) => id).slice(0, 500 + 100 * k);
      return t.apply(order.map((messageId) => ({ messageId, status: (['unknown','sent','failed','delivered','undelivered','read'] as const)[k % 6]!, providerMessageId: 'x' })), 'webhook');
    }));
  }
  const plan = await house.database.query(`select 1`);
  console.log(plan);
}, 120000);

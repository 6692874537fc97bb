import { openHouse, type House } from '../support/house.js';
let house: House;
beforeAll(async () => { house = await openHouse({ role: 'api', databasePoolSize: 20 }); });
afterAll(() => house.close());
test('role', async () => {
  const tenant = await house.tenant();
  const messages = Array.from({ length: 1000 }, () => ({ channel: 'sms', to: '+4915112345678', content: { body: 'x' } }));
  for (let i = 0; i < 5; i += 1) {
  await house.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  await new Promise((r) => setTimeout(r, 1000));
  console.log(await house.database.query('select status, count(*) from message group by 1'), await house.database.query('select lease_holder, lease_until from lane'));
  }
}, 120000);

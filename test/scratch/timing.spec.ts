import { Transitions } from '../../src/dispatch/index.js';
import { openHouse, type House } from '../support/house.js';
let house: House;
beforeAll(async () => { house = await openHouse({ role: 'api', databasePoolSize: 20 }); });
afterAll(() => house.close());
test('timing', async () => {
  const tenant = await house.tenant();
  const all: string[] = [];
  for (let i = 0; i < 20; i += 1) {
    const messages = Array.from({ length: 1000 }, () => ({ channel: 'sms', to: '+4915112345678', content: { body: 'x' } }));
    const { body } = await house.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
    all.push(...(body as any).items.map((x: any) => x.id));
  }
  await house.database.query('vacuum analyze message');
  const t = house.app.get(Transitions, { strict: false });
  for (const status of ['sent', 'delivered'] as const) {
    const times: number[] = [];
    for (let at = 0; at < all.length; at += 200) {
      const b = performance.now();
      try { await t.apply(all.slice(at, at + 200).map((messageId) => ({ messageId, status, providerMessageId: 'x' })), 'webhook'); } catch (error: any) { console.log(at, error.detail, error.where, JSON.stringify(await house.database.query('select pid, application_name, datname, backend_type, left(query, 400) as query from pg_stat_activity where pid = any($1)', [error.detail.match(/[0-9]+/g).map(Number)]), null, 1)); throw error; }
      times.push(performance.now() - b);
    }
    times.sort((a, b) => a - b);
    console.log(status, 'median', times[50], 'p90', times[90]);
  }
}, 120000);

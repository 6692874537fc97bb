import { HostDataUnavailable } from '../../host-data/index.js';
import { HostOutages } from './host-outages.js';

const away = (): Promise<never> => Promise.reject(new HostDataUnavailable('refused'));

test('A host that did not answer is not asked again for a while, and then once until its answer is there', async () => {
  let now = 0;
  const outages = new HostOutages(() => now);
  await expect(outages.asking('one', away)).rejects.toThrow('refused');
  let asked = 0;
  const ask = (): Promise<number> => Promise.resolve((asked += 1));
  await expect(outages.asking('one', ask)).rejects.toThrow('a moment ago');
  now = 5_000;
  const probe = Promise.withResolvers<number>();
  const probing = outages.asking('one', () => probe.promise);
  await expect(outages.asking('one', ask)).rejects.toThrow('a moment ago');
  probe.resolve(0);
  await expect(probing).resolves.toBe(0);
  await expect(outages.asking('one', ask)).resolves.toBe(1);
});

test('What one tenant’s host does concerns no other tenant, and a fault of ours says nothing of the host', async () => {
  const outages = new HostOutages(() => 0);
  await expect(outages.asking('one', away)).rejects.toThrow('refused');
  await expect(outages.asking('two', () => Promise.resolve(2))).resolves.toBe(2);
  await expect(outages.asking('two', () => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  await expect(outages.asking('two', () => Promise.resolve(2))).resolves.toBe(2);
});

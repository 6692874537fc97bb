/** A worker that is killed, and nobody left who works: whoever answers requests sees it, and tells. */
import { Webhook } from 'standardwebhooks';
import { until } from '../../harness/until.js';
import type { AlertView } from '../../src/alerts/alerts.dto.js';
import { json, Loopback } from '../providers/loopback.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';

afterAll(endProcesses);

const SECRET = `whsec_${Buffer.alloc(32, 'a').toString('base64')}`;

interface Posted {
  readonly type: string;
  readonly data: { readonly rule: string };
}

test('The last worker is killed: the api alone tells within a minute of the clock, and again when another works', async () => {
  const receiver = await Loopback.open();
  receiver.script = () => json(200, {});
  const common = deployment(await cloneDatabase());
  const environment = { ...common, NOTICES_URL: `${receiver.origin}/operator`, NOTICES_SECRET: SECRET };
  const api = await (await startService({ ...environment, CALLBOARD_ROLE: 'api' })).ready();
  const worker = await (await startService({ ...environment, CALLBOARD_ROLE: 'worker' })).ready();
  const told = (type: string, rule: string): boolean =>
    receiver.received.some(({ headers, body }) => {
      const posted = new Webhook(SECRET).verify(body, headers as Record<string, string>) as Posted;
      return posted.type === type && posted.data.rule === rule;
    });
  const firing = async (): Promise<AlertView[]> => {
    const headers = { authorization: `Bearer ${common.CALLBOARD_ADMIN_KEY}` };
    const answer = await fetch(`${api.url}/api/alerts?state=firing`, { headers });
    return ((await answer.json()) as { items: AlertView[] }).items;
  };
  // The api may have looked before the worker was there.
  await until(async () => (await firing()).every(({ rule }) => rule !== 'no-worker'));
  receiver.received.length = 0;

  const killedAt = new Date();
  await worker.kill();
  await until(() => told('alert.firing', 'no-worker') && told('alert.firing', 'lost-worker'));
  const alerts = await firing();
  for (const name of ['no-worker', 'lost-worker']) {
    const { firedAt } = alerts.find(({ rule }) => rule === name) ?? {};
    expect(firedAt && (new Date(firedAt).getTime() - killedAt.getTime()) / 1_000).toBeLessThan(60);
  }

  await (await startService({ ...environment, CALLBOARD_ROLE: 'worker' })).ready();
  await until(() => told('alert.resolved', 'no-worker'));
  await receiver.close();
});

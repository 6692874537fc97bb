/** What really happens to messages, and what the operator is told of it. */
import { until } from '../../harness/until.js';
import { newNumber } from '../support/people.js';
import { sendAll, text, whenEnded } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import type { TestApp, Tenant } from '../support/test-app.js';
import { alerts, look, openQuietApp, pass, toldOf } from './alerts.support.js';

/** The sandbox refuses the first, and takes what goes to the others, which ends with 30003, 30005 and 30006. */
const [NO_SUCH_NUMBER, ...UNREACHABLE] = ['+15005550001', '+15005550103', '+15005550105', '+15005550106'];

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openQuietApp({ role: 'all', notices: { secrets: [], emails: ['ops@example.com'] } });
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'sms'));
});
afterAll(() => app.close());

async function sendTexts(numbers: readonly (string | undefined)[]): Promise<void> {
  const ids = await sendAll(
    app,
    tenant,
    numbers.map((to) => text({ venueId, to })),
  );
  for (const id of ids) await whenEnded(app, tenant, id);
}

/** Looks until processes have counted so many, which is a moment after they were sent, refused or lost. */
const whenCounted = (bad: number, all: number): Promise<boolean> =>
  until(async () => {
    await look(app);
    const [counted] = await app.database.query<{ bad: number; all: number }>(
      `select sum(count) filter (where part = 'part')::int as bad, sum(count) filter (where part = 'whole')::int as all
       from alert_count where rule = 'failure-rate'`,
    );
    return counted?.bad === bad && counted.all === all;
  });

test('Texts that are refused or reach nobody fire the failure rate, and an email of it reaches the operator', async () => {
  await sendTexts([...Array.from({ length: 48 }, newNumber), NO_SUCH_NUMBER]);
  await whenCounted(1, 49);
  expect(await alerts(app, { rule: 'failure-rate' })).toEqual([]); // fewer than 50 tell nothing
  await sendTexts(UNREACHABLE);
  await whenCounted(4, 52);
  const [begun] = await alerts(app, { rule: 'failure-rate' });
  expect(begun).toMatchObject({ state: 'pending', labels: { channel: 'sms', provider: 'twilio' }, unit: 'share' });
  expect(begun?.value).toBeCloseTo(4 / 52);
  await pass(app, 60);
  await look(app);
  const id = begun?.id ?? '';
  const [notice] = await until(async () => {
    const told = await toldOf(app, id);
    return told.every(({ deliveries }) => deliveries.every(({ state }) => state === 'delivered')) && told;
  });
  expect(notice).toMatchObject({ kind: 'alert.firing', data: { severity: 'critical' } });
  const { body } = await app.http.get('/sandbox/messages').query({ to: 'ops@example.com' }).expect(200);
  expect(JSON.stringify(body)).toContain('Alert: Messages fail (sms, twilio)');
  expect(JSON.stringify(body)).toContain('7.7 %. The limit is 5.0 %.');
});

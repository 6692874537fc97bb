/** Refusals for a reason that no table lists: each is its own message's failure, until different recipients meet them. */
import type { LaneView } from '../../src/dispatch/lanes/lanes.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { consentOf, suppressionOf } from '../support/consent.js';
import { email, read, send, sendAll, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { newSender, newVenue, venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const CODE = {
  twilio: '29999',
  plivo: 'http-418',
  ses: 'OddException',
  sendgrid: 'http-418',
  resend: 'http-418',
} as const;
type Provider = keyof typeof CODE;
let odds = 0;
/** Somebody to whom the sandbox refuses everything for a reason that no table lists. */
const oddRecipient = (provider: Provider): string => {
  const place = (odds += 1);
  const odd = {
    twilio: `+150055502${String(place).padStart(2, '0')}`,
    plivo: `+150055502${String(place).padStart(2, '0')}`,
    ses: `odd+${place}@simulator.amazonses.com`,
    sendgrid: `odd+${place}@sandbox.sendgrid.test`,
    resend: `odd+${place}@resend.dev`,
  };
  return odd[provider];
};

/** A venue with a sender of its own at this provider, and a message from it. */
async function venueAt(provider: Provider): Promise<(to?: string) => object> {
  if (provider === 'twilio' || provider === 'plivo') {
    const { venueId } = await venueWith(app, tenant, 'sms', { provider });
    return (to = newNumber()) => text({ venueId, to });
  }
  const venueId = await newVenue(app, tenant);
  await newSender(app, tenant, { venueId, channel: 'email', address: `box${(odds += 1)}@odd.example`, provider });
  return (to = newMailbox()) => email({ venueId, to });
}

async function laneOf(id: string): Promise<LaneView & { rests: number }> {
  const [row] = await app.database.query<{ lane_id: string; rests: number }>(
    `select lane_id, rests from message join lane on lane.id = lane_id where message.id = $1`,
    [id],
  );
  const { body } = await app.admin().get('/api/lanes').query({ limit: 500 }).expect(200);
  const lane = (body as { items: LaneView[] }).items.find((each) => each.id === row?.lane_id);
  if (!lane) throw new Error('there is no such lane');
  return { ...lane, rests: row?.rests ?? 0 };
}

/** Brings the next attempts forward until each has ended. */
async function untilFailed(ids: readonly string[]): Promise<void> {
  await until(async () => {
    await app.database.query(`update pending set ready_at = now() where claim is null and message_id = any($1)`, [ids]);
    const views = await Promise.all(ids.map((id) => read(app, tenant, id)));
    return views.every(({ status }) => status === 'failed');
  });
}

describe.each(['twilio', 'plivo', 'ses', 'sendgrid', 'resend'] as const)(
  'A recipient whom %s refuses for a reason of no table',
  (provider) => {
    test('fails alone: all others are delivered, and the lane never rests', async () => {
      const message = await venueAt(provider);
      const odd = oddRecipient(provider);
      const inputs = Array.from({ length: 60 }, (_, index) => message(index % 20 === 0 ? odd : undefined));
      const ids = await sendAll(app, tenant, inputs);
      const isOdd = (_: string, index: number): boolean => index % 20 === 0;
      for (const id of ids.filter((each, index) => !isOdd(each, index))) await whenStatus(app, tenant, id, 'delivered');
      const failing = ids.filter(isOdd);
      expect(await laneOf(failing[0] ?? '')).toMatchObject({ resting: false, rests: 0 });
      for (const id of failing) expect(await read(app, tenant, id)).toMatchObject({ reason: 'provider_refused' });
      await untilFailed(failing);
      for (const id of failing) {
        expect(await read(app, tenant, id)).toMatchObject({
          reason: 'provider_refused',
          errorCode: CODE[provider],
          attempts: 3,
        });
      }
      expect(await suppressionOf(app, tenant, odd)).toBeUndefined();
    });

    test('has the lane rest when two others are refused alike, and then nobody fails for it', async () => {
      const message = await venueAt(provider);
      const ids = await sendAll(
        app,
        tenant,
        Array.from({ length: 3 }, () => message(oddRecipient(provider))),
      );
      const [first = ''] = ids;
      await until(async () => {
        await app.database.query(`update pending set ready_at = now() where claim is null and message_id = any($1)`, [
          ids,
        ]);
        return (await laneOf(first)).resting;
      });
      expect(await laneOf(first)).toMatchObject({ resting: true, reason: 'config', code: CODE[provider] });
      const good = await send(app, tenant, message());
      await app
        .admin()
        .post(`/api/lanes/${(await laneOf(first)).id}/wake`)
        .expect(204);
      await whenStatus(app, tenant, good, 'delivered');
      expect(await laneOf(first)).toMatchObject({ resting: false, rests: 0 });
      await untilFailed(ids);
      expect(await laneOf(first)).toMatchObject({ resting: false });
    });
  },
);

test('what a carrier says of a number and a sender is no fact about the number alone', async () => {
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  const [unreachable, stopped] = ['+15005550002', '+15005550004'];
  await whenStatus(app, tenant, await send(app, tenant, text({ venueId, to: unreachable })), 'failed');
  await whenStatus(app, tenant, await send(app, tenant, text({ venueId, to: stopped })), 'blocked_opted_out');
  for (const to of [unreachable, stopped]) expect(await suppressionOf(app, tenant, to)).toBeUndefined();
  expect(await consentOf(app, tenant, venueId, stopped)).toMatchObject({ status: 'opted_out' });
  expect(await consentOf(app, tenant, tenant.defaultVenueId, stopped)).toMatchObject({ status: 'unknown' });
  expect(number).toMatch(/^\+/);
});

test('a sender that cannot reach somebody is replaced by its fallback sender, once', async () => {
  const venueId = await newVenue(app, tenant);
  const fallbackSenderId = await newSender(app, tenant, { venueId, channel: 'sms', address: '+12125558801' });
  await newSender(app, tenant, { venueId, channel: 'sms', address: '+12125558802', fallbackSenderId });
  const id = await send(app, tenant, text({ venueId, to: '+15005550002' }));
  const { events } = await whenStatus(app, tenant, id, 'failed');
  expect(events.filter(({ kind }) => kind === 'diverted')).toMatchObject([{ reason: 'pair', code: '21612' }]);
});

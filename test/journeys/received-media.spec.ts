/** Pictures and the like that people send: fetched from the provider that keeps them, and kept for the tenant. */
import { randomUUID } from 'node:crypto';
import { ReceivedMedia } from '../../src/conversations/received-media.js';
import type { ConversationMessageView, ReceivedMediaView } from '../../src/conversations/conversations.dto.js';
import { FileUses } from '../../src/files/index.js';
import { PurgeFilesSchedule } from '../../src/files/purge-files.schedule.js';
import { until } from '../../harness/until.js';
import { pdf, picture, sha256 } from '../files/files.js';
import { newAmericanNumber, newNumber } from '../support/people.js';
import { receive, type InboundText } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { inboundForm, platformAccount, postTwilio } from '../support/twilio.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
let number: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId, number } = await venueWith(app, tenant, 'sms'));
  for (const channel of ['mms', 'whatsapp']) await newSender(app, tenant, { venueId, channel, address: number });
});
afterAll(() => app.close());

const medium = (mediaType: string, content: Buffer): NonNullable<InboundText['media']>[number] => ({
  mediaType,
  content: content.toString('base64'),
});

/** Messages of a person, newest first, and the conversation that they are in. */
async function heardFrom(
  person: string,
): Promise<{ readonly id: string; readonly items: readonly ConversationMessageView[] }> {
  const { body } = await app.as(tenant).get('/api/conversations').query({ person }).expect(200);
  const [{ id } = { id: '' }] = (body as { items: { id: string }[] }).items;
  const said = await app.as(tenant).get(`/api/conversations/${id}/messages`).expect(200);
  return { id, items: (said.body as { items: ConversationMessageView[] }).items };
}

/** The media of a person's newest message, once none of it is waiting for its first attempt. */
const mediaOf = (person: string): Promise<ReceivedMediaView[]> =>
  until(async () => {
    const media = (await heardFrom(person)).items[0]?.media ?? [];
    return media.length > 0 && media.every(({ state, reason }) => state !== 'waiting' || reason !== null)
      ? media
      : undefined;
  });

const contentOf = async (fileId: string | null, by = tenant) =>
  app.as(by).get(`/api/files/${fileId}/content`).responseType('blob');

test('What a person sends by MMS and WhatsApp is fetched byte for byte, and downloaded by the tenant alone', async () => {
  const [ana, ben] = [newAmericanNumber(), newNumber()];
  const [photo, ticket, voice] = [picture(), pdf(300_000), Buffer.from('#!AMR\n a voice')];
  await receive(app, {
    from: ana,
    to: number,
    body: 'See',
    media: [medium('image/png', photo), medium('application/pdf', ticket)],
  });
  await receive(app, { channel: 'whatsapp', from: ben, to: number, body: '', media: [medium('audio/amr', voice)] });
  const [first, second] = await mediaOf(ana);
  expect([first, second]).toEqual([
    { state: 'kept', fileId: expect.any(String) as string, mediaType: 'image/png', bytes: photo.length, reason: null },
    expect.objectContaining({ state: 'kept', mediaType: 'application/pdf', bytes: ticket.length }),
  ]);
  expect(await mediaOf(ben)).toEqual([expect.objectContaining({ state: 'kept', mediaType: 'audio/amr' })]);

  const read = await contentOf(second?.fileId ?? null);
  expect(sha256(read.body as Buffer)).toBe(sha256(ticket));
  expect(read.headers).toMatchObject({
    'content-disposition': "attachment; filename*=UTF-8''document.pdf",
    'x-content-type-options': 'nosniff',
    'content-type': 'application/pdf',
  });
  const stranger = await contentOf(first?.fileId ?? null, await app.tenant());
  expect(stranger.status).toBe(404);
});

test('Plivo’s MMS bring their text and their pictures too', async () => {
  const hall = await venueWith(app, tenant, 'sms', { provider: 'plivo' });
  const cem = newAmericanNumber();
  const photo = picture();
  await receive(app, {
    provider: 'plivo',
    from: cem,
    to: hall.number,
    body: 'Look',
    media: [medium('image/png', photo)],
  });
  expect(await mediaOf(cem)).toEqual([expect.objectContaining({ state: 'kept', bytes: photo.length })]);
  expect((await heardFrom(cem)).items[0]).toMatchObject({ channel: 'mms', text: 'Look' });
});

test('The same picture from two people is one file, which is kept while either message is', async () => {
  const [dana, eli] = [newAmericanNumber(), newAmericanNumber()];
  const photo = medium('image/png', picture());
  for (const from of [dana, eli]) await receive(app, { from, to: number, body: '', media: [photo] });
  const [[one], [other]] = [await mediaOf(dana), await mediaOf(eli)];
  expect(one?.fileId).toBe(other?.fileId);
  await app.database.query(`update file set uploaded_at = now() - interval '40 days', used_at = null where id = $1`, [
    one?.fileId,
  ]);
  await app.nest.get(PurgeFilesSchedule).purge();
  expect((await contentOf(one?.fileId ?? null)).status).toBe(200);
  expect(app.nest.get(FileUses).isAny).toContain('received_media');
});

test('What is no picture by its content is not kept, whatever the provider calls it', async () => {
  const fay = newAmericanNumber();
  const page = Buffer.from('<!doctype html><script>alert(1)</script>');
  await receive(app, { from: fay, to: number, body: '', media: [medium('image/png', page)] });
  expect(await mediaOf(fay)).toEqual([
    { state: 'failed', fileId: null, mediaType: 'image/png', bytes: null, reason: 'type' },
  ]);
});

test('No address but the provider’s own is asked with its credentials', async () => {
  const { accountSid } = platformAccount(app);
  const addresses = [
    'https://media.example.com/picture.png',
    `${app.url}/sandbox/twilio/2010-04-01/Accounts/AC${'0'.repeat(32)}/Messages/SM1/Media/ME1`,
    `${app.url}/sandbox/twilio/2010-04-01/Accounts/${accountSid}/Messages/../../../../../api/tenants`,
    `https://api.twilio.com@media.example.com/2010-04-01/Accounts/${accountSid}/Messages/MM1/Media/ME1`,
    'http://169.254.169.254/latest/meta-data',
  ];
  const gus = newAmericanNumber();
  const media = Object.fromEntries(addresses.map((url, place) => [`MediaUrl${place}`, url]));
  const form = { ...inboundForm(gus, number, 'See'), NumMedia: String(addresses.length), ...media };
  expect(await postTwilio(app, form)).toBe(200);
  expect(await mediaOf(gus)).toEqual(
    addresses.map(() => ({ state: 'failed', fileId: null, mediaType: null, bytes: null, reason: 'address' })),
  );
});

test('A picture that is not there is looked for again, given up in the end, and tried again when asked', async () => {
  const hal = newAmericanNumber();
  const { accountSid } = platformAccount(app);
  const url = `${app.url}/sandbox/twilio/2010-04-01/Accounts/${accountSid}/Messages/SM1/Media/ME1`;
  const form = { ...inboundForm(hal, number, 'See'), NumMedia: '1', MediaUrl0: url, MediaContentType0: 'image/jpeg' };
  expect(await postTwilio(app, form)).toBe(200);
  expect(await mediaOf(hal)).toEqual([
    { state: 'waiting', fileId: null, mediaType: 'image/jpeg', bytes: null, reason: 'gone' },
  ]);
  await app.database.query(`update received_media set attempts = 8, due_at = now() where url = $1`, [url]);
  const { id, items } = await until(async () => {
    const heard = await heardFrom(hal);
    return heard.items[0]?.media[0]?.state === 'failed' ? heard : undefined;
  });
  const retry = `/api/conversations/${id}/messages/${items[0]?.id}/media/retry`;
  const { body } = await app.as(tenant).post(retry).expect(200);
  expect((body as ConversationMessageView).media).toMatchObject([{ state: 'waiting', reason: 'gone' }]);
  const none = await app.as(tenant).post(`/api/conversations/${id}/messages/${randomUUID()}/media/retry`);
  expect([none.status, (none.body as { code: string }).code]).toEqual([404, 'received_message_not_found']);
});

test('A worker that dies over a download loses nothing: another takes its claim over, and the late one records nothing', async () => {
  const ida = newAmericanNumber();
  await receive(app, { from: ida, to: number, body: '', media: [medium('image/png', picture())] });
  const [kept] = await mediaOf(ida);
  const media = app.nest.get(ReceivedMedia);
  // As if it had not been fetched yet, and were due as soon as it is claimed here.
  const late = await app.database.transaction(async () => {
    const [row] = await app.database.query<{ account: string }>(
      `update received_media set state = 'waiting', file_id = null, media_type = null, bytes = null, due_at = now()
       where file_id = $1 returning provider_account_id as account`,
      [kept?.fileId],
    );
    return media.claim(row?.account ?? '', randomUUID(), 1);
  });
  expect(late).toHaveLength(1);
  await app.database.query(`update received_media set due_at = now() where claim = $1`, [late[0]?.claim]);
  const [again] = await mediaOf(ida);
  expect(again).toEqual(kept);
  for (const due of late) await media.recordFault(due, 'unreachable', undefined);
  expect(await mediaOf(ida)).toEqual([kept]);
});

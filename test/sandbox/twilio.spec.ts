/** The real Twilio SDK against the sandbox: sending, looking up, refusals. */
import {
  OUR_NUMBER,
  PLATFORM,
  TENANT,
  openSandboxEnvironment,
  person,
  type SandboxEnvironment,
} from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const sms = { to: person(1), from: OUR_NUMBER, body: 'Doors open at 19:00' };
const refusal = (send: object): Promise<unknown> =>
  environment
    .twilio()
    .messages.create({ ...sms, ...send })
    .then(
      () => 'accepted',
      (error: unknown) => error,
    );

describe('sending through Twilio', () => {
  test('a text is answered as Twilio does and put on record with our message id', async () => {
    const message = await environment.twilio().messages.create({
      ...sms,
      statusCallback: `${environment.receiverUrl}/webhook/twilio?mid=0192-ours#rc=5&rp=all`,
    });
    expect(message).toMatchObject({
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      accountSid: PLATFORM.accountSid,
      status: 'queued',
      direction: 'outbound-api',
      numSegments: '1',
      numMedia: '0',
      errorCode: null,
      to: sms.to,
      from: OUR_NUMBER,
    });
    expect(Math.abs(message.dateCreated.getTime() - Date.now())).toBeLessThan(60_000);
    const { items } = await environment.messages(`?to=${sms.to}`);
    expect(items).toMatchObject([
      {
        provider: 'twilio',
        accountId: PLATFORM.accountSid,
        channel: 'sms',
        from: OUR_NUMBER,
        to: sms.to,
        body: sms.body,
        messageId: '0192-ours',
        providerMessageId: message.sid,
        segments: 1,
      },
    ]);
  });

  test('pictures make an MMS, and a WhatsApp template is recorded with its variables', async () => {
    const mms = await environment
      .twilio()
      .messages.create({ ...sms, mediaUrl: ['https://example.com/a.png', 'https://example.com/b.png'] });
    expect(mms).toMatchObject({ sid: expect.stringMatching(/^MM/), numMedia: '2' });
    await environment.twilio().messages.create({
      to: `whatsapp:${person(2)}`,
      from: `whatsapp:${OUR_NUMBER}`,
      contentSid: `HX${'1'.repeat(32)}`,
      contentVariables: '{"1":"Ana"}',
    });
    const { items } = await environment.messages();
    expect(items).toMatchObject([
      { channel: 'mms', mediaUrls: ['https://example.com/a.png', 'https://example.com/b.png'] },
      {
        channel: 'whatsapp',
        to: person(2),
        from: OUR_NUMBER,
        contentSid: `HX${'1'.repeat(32)}`,
        contentVariables: '{"1":"Ana"}',
      },
    ]);
  });

  test('a messaging service chooses the sender later', async () => {
    const message = await environment
      .twilio()
      .messages.create({ to: person(3), messagingServiceSid: `MG${'a'.repeat(32)}`, body: 'Hi' });
    expect(message).toMatchObject({ status: 'accepted', from: null, messagingServiceSid: `MG${'a'.repeat(32)}` });
  });

  test.each([
    ['a number that is none', { to: '12' }, 400, 21211],
    ['nothing to say', { body: '' }, 400, 21602],
    ['no sender', { from: undefined }, 400, 21603],
    ['a body over 1,600 characters', { body: 'x'.repeat(1_601) }, 400, 21617],
    ['eleven pictures', { mediaUrl: Array.from({ length: 11 }, () => 'https://example.com/a.png') }, 400, 21623],
    ['a WhatsApp recipient from an SMS number', { to: `whatsapp:${person(1)}` }, 400, 21910],
    ['a callback that leads elsewhere', { statusCallback: 'https://example.com/callback' }, 400, 21609],
    ['magic: invalid', { to: '+15005550001' }, 400, 21211],
    ['magic: not routable', { to: '+15005550002' }, 400, 21612],
    ['magic: country not enabled', { to: '+15005550003' }, 400, 21408],
    ['magic: opted out', { to: '+15005550004' }, 400, 21610],
    ['magic: not a mobile', { to: '+15005550009' }, 400, 21614],
    ['magic: invalid sender', { from: '+15005550001' }, 400, 21212],
    ['magic: sender of another account', { from: '+15005550007' }, 400, 21606],
    ['magic: queue of the sender is full', { from: '+15005550008' }, 429, 21611],
  ])('refuses %s', async (_, send, status, code) => {
    expect(await refusal(send)).toMatchObject({ status, code });
    expect((await environment.messages()).items).toEqual([]);
  });

  test('the magic sender that is always valid is', async () => {
    expect(await refusal({ from: '+15005550006' })).toBe('accepted');
  });
});

describe('Twilio accounts', () => {
  test('a wrong token, and another account in the path, are refused', async () => {
    await expect(environment.twilio(PLATFORM.accountSid, 'wrong').messages.create(sms)).rejects.toMatchObject({
      status: 401,
      code: 20003,
    });
    const mixed = environment.twilio(TENANT.accountSid, TENANT.authToken);
    await expect(mixed.api.accounts(PLATFORM.accountSid).fetch()).rejects.toMatchObject({ status: 401, code: 20003 });
  });

  test('each account has its own token, and one that nobody has is refused', async () => {
    const { accountSid, authToken } = TENANT;
    await environment.twilio(accountSid, authToken).messages.create(sms);
    for (const [sid, token] of [
      [accountSid, PLATFORM.authToken],
      [`AC${'5'.repeat(32)}`, authToken],
    ] as const) {
      await expect(environment.twilio(sid, token).messages.create(sms)).rejects.toMatchObject({
        status: 401,
        code: 20003,
      });
    }
    expect((await environment.messages()).items.map((item) => item.accountId)).toEqual([accountSid]);
  });

  test('an account can be fetched', async () => {
    await expect(environment.twilio().api.accounts(PLATFORM.accountSid).fetch()).resolves.toMatchObject({
      status: 'active',
    });
  });
});

describe('looking messages up', () => {
  test('one by its sid, by its own account only', async () => {
    const { sid } = await environment.twilio().messages.create(sms);
    await expect(environment.twilio().messages(sid).fetch()).resolves.toMatchObject({ sid, body: sms.body });
    const stranger = environment.twilio(TENANT.accountSid, TENANT.authToken);
    await expect(stranger.messages(sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    await expect(
      environment
        .twilio()
        .messages(`SM${'0'.repeat(32)}`)
        .fetch(),
    ).rejects.toMatchObject({ code: 20404 });
  });

  test('many by recipient, sender and time, newest first, page by page', async () => {
    const client = environment.twilio();
    const sids: string[] = [];
    for (let n = 0; n < 5; n += 1) sids.push((await client.messages.create({ ...sms, body: `Text ${n}` })).sid);
    await client.messages.create({ ...sms, to: person(7) });
    await client.messages.create({ ...sms, from: '+14155550198' });
    const anHour = 3_600_000;
    const found = await client.messages.list({
      to: sms.to,
      from: OUR_NUMBER,
      dateSentAfter: new Date(Date.now() - anHour),
      pageSize: 2,
    });
    expect(found.map((message) => message.sid)).toEqual(sids.toReversed());
    expect(await client.messages.list({ dateSentAfter: new Date(Date.now() + anHour) })).toEqual([]);
    expect(await client.messages.list({ dateSentBefore: new Date(Date.now() - anHour) })).toEqual([]);
    expect(await client.messages.list({ dateSent: new Date() })).toHaveLength(7);
    expect(await client.messages.list({ limit: 3 })).toHaveLength(3);
  });
});

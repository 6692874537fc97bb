/** The real SES v2 SDK against the sandbox: sending, templates, credentials, refusals. */
import {
  GetAccountCommand,
  SendBulkEmailCommand,
  SendEmailCommand,
  type BulkEmailEntry,
  type SendEmailCommandInput,
} from '@aws-sdk/client-sesv2';
import { SES, TENANT_SES, openSandboxEnvironment, type SandboxEnvironment } from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const email = (more: Partial<SendEmailCommandInput> = {}): SendEmailCommand =>
  new SendEmailCommand({
    FromEmailAddress: 'Riverside <tickets@riverside.example>',
    Destination: { ToAddresses: ['Ana <Ana@example.com>'] },
    Content: {
      Simple: {
        Subject: { Data: 'Your tickets' },
        Body: { Text: { Data: 'See you – there' }, Html: { Data: '<p>See you</p>' } },
        Headers: [{ Name: 'List-Unsubscribe', Value: '<https://riverside.example/u>' }],
      },
    },
    EmailTags: [{ Name: 'mid', Value: '0192-ours' }],
    ...more,
  });

const template = {
  Subject: 'Hi {{name}}',
  Text: 'Seat {{ seat.row }}{{seat.number}}',
  Html: '<p>{{{name}}} & {{note}}</p>',
};
const entry = (to: string, mid: string, data: object): BulkEmailEntry => ({
  Destination: { ToAddresses: [to] },
  ReplacementTags: [{ Name: 'mid', Value: mid }],
  ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: JSON.stringify(data) } },
  ReplacementHeaders: [{ Name: 'List-Unsubscribe', Value: `<https://riverside.example/u/${mid}>` }],
});
const bulk = (entries: BulkEmailEntry[], data: object = { note: 'welcome' }): SendBulkEmailCommand =>
  new SendBulkEmailCommand({
    FromEmailAddress: 'tickets@riverside.example',
    DefaultContent: { Template: { TemplateContent: template, TemplateData: JSON.stringify(data) } },
    BulkEmailEntries: entries,
  });

describe('sending through SES', () => {
  test('an email is answered as SES does and put on record with our message id', async () => {
    const { MessageId } = await environment.ses().send(email());
    expect(MessageId).toMatch(/^0100[0-9a-f]{12}-[0-9a-f-]{36}-000000$/);
    expect((await environment.messages('?to=ana@example.com&provider=ses')).items).toMatchObject([
      {
        provider: 'ses',
        accountId: SES.accessKeyId,
        channel: 'email',
        from: 'tickets@riverside.example',
        to: 'Ana@example.com',
        subject: 'Your tickets',
        text: 'See you – there',
        html: '<p>See you</p>',
        headers: { 'List-Unsubscribe': '<https://riverside.example/u>' },
        messageId: '0192-ours',
        providerMessageId: MessageId,
      },
    ]);
  });

  test('a bulk call fills the template in for each, without escaping, and answers in order', async () => {
    const { BulkEmailEntryResults: results = [] } = await environment
      .ses()
      .send(
        bulk([
          entry('ana@example.com', 'm-1', { name: 'Ana & Bo', seat: { row: 'C', number: 7 } }),
          entry('ben@example.com', 'm-2', { name: 'Ben', seat: { row: 'D', number: 8 }, note: 'hello' }),
        ]),
      );
    expect(results.map(({ Status }) => Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect((await environment.messages()).items).toMatchObject([
      {
        to: 'ana@example.com',
        messageId: 'm-1',
        subject: 'Hi Ana & Bo',
        text: 'Seat C7',
        html: '<p>Ana & Bo & welcome</p>',
        providerMessageId: results[0]?.MessageId,
        headers: { 'List-Unsubscribe': '<https://riverside.example/u/m-1>' },
      },
      { to: 'ben@example.com', messageId: 'm-2', html: '<p>Ben & hello</p>', providerMessageId: results[1]?.MessageId },
    ]);
  });

  test('a bulk entry that is not accepted leaves the others alone', async () => {
    const { BulkEmailEntryResults: results = [] } = await environment
      .ses()
      .send(
        bulk([
          entry('refuse+account_throttled@simulator.amazonses.com', 'm-1', {}),
          entry('ana@example.com', 'm 2', {}),
          entry('ben@example.com', 'm-3', { name: 'Ben', seat: { row: 'A', number: 1 } }),
        ]),
      );
    expect(results).toMatchObject([
      { Status: 'ACCOUNT_THROTTLED' },
      { Status: 'INVALID_PARAMETER', Error: expect.stringContaining('tag') },
      { Status: 'SUCCESS', MessageId: expect.any(String) },
    ]);
    expect((await environment.messages()).items.map(({ messageId }) => messageId)).toEqual(['m-3']);
  });

  test('an email with 2 MB of text passes', async () => {
    const Body = { Text: { Data: 'x'.repeat(2_000_000) } };
    await environment.ses().send(email({ Content: { Simple: { Subject: { Data: 'Long' }, Body } } }));
    expect((await environment.messages()).items[0]?.text).toHaveLength(2_000_000);
  });

  test.each<[string, Partial<SendEmailCommandInput>, string]>([
    ['an address that is none', { Destination: { ToAddresses: ['ana@example'] } }, 'BadRequestException'],
    [
      'an address with an umlaut before the @',
      { Destination: { ToAddresses: ['jürgen@example.com'] } },
      'BadRequestException',
    ],
    ['nobody to send to', { Destination: {} }, 'BadRequestException'],
    ['a sender that is none', { FromEmailAddress: 'Riverside' }, 'BadRequestException'],
    ['a tag with a colon', { EmailTags: [{ Name: 'mid', Value: 'a:b' }] }, 'BadRequestException'],
    ['raw content', { Content: { Raw: { Data: Buffer.from('Subject: x\n\nx') } } }, 'BadRequestException'],
    [
      'a stored template',
      { Content: { Template: { TemplateName: 'welcome', TemplateData: '{}' } } },
      'NotFoundException',
    ],
    [
      'who is to be refused',
      { Destination: { ToAddresses: ['refuse+message_rejected@simulator.amazonses.com'] } },
      'MessageRejected',
    ],
  ])('refuses %s', async (_, more, name) => {
    await expect(environment.ses().send(email(more))).rejects.toMatchObject({ name });
    expect((await environment.messages()).items).toEqual([]);
  });

  test('one illegal address refuses a whole bulk call, and so do 51 entries', async () => {
    const good = entry('ana@example.com', 'm-1', {});
    await expect(environment.ses().send(bulk([good, entry('nobody', 'm-2', {})]))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    await expect(environment.ses().send(bulk(Array.from({ length: 51 }, () => good)))).rejects.toMatchObject({
      name: 'BadRequestException',
    });
    expect((await environment.messages()).items).toEqual([]);
  });
});

describe('SES credentials', () => {
  test('the account answers to the right ones', async () => {
    await environment.ses().send(email());
    await expect(environment.ses().send(new GetAccountCommand({}))).resolves.toMatchObject({
      SendingEnabled: true,
      ProductionAccessEnabled: true,
      SendQuota: { SentLast24Hours: expect.any(Number), MaxSendRate: expect.any(Number) },
    });
  });

  test.each([
    ['an unknown key', { ...SES, accessKeyId: 'AKIAOTHER' }, SES.region, 'UnrecognizedClientException'],
    ['a wrong secret', { ...SES, secretAccessKey: 'wrong' }, SES.region, 'SignatureDoesNotMatch'],
    ['another region', SES, 'eu-west-1', 'SignatureDoesNotMatch'],
  ])('%s is refused', async (_, credentials, region, name) => {
    await expect(environment.ses(credentials, region).send(email())).rejects.toMatchObject({
      name,
      $metadata: { httpStatusCode: 403 },
    });
    await expect(environment.ses(credentials, region).send(new GetAccountCommand({}))).rejects.toMatchObject({ name });
    expect((await environment.messages()).items).toEqual([]);
  });

  test('each account signs with its own secret, in its own region', async () => {
    await environment.ses(TENANT_SES, TENANT_SES.region).send(email());
    await environment.ses(TENANT_SES, 'eu-west-1').send(email());
    expect((await environment.messages()).items.map(({ accountId }) => accountId)).toEqual([
      'AKIATENANT',
      'AKIATENANT',
    ]);
    const quota = async (credentials: typeof SES): Promise<number | undefined> =>
      (await environment.ses(credentials, credentials.region).send(new GetAccountCommand({}))).SendQuota
        ?.SentLast24Hours;
    expect(await quota(TENANT_SES)).toBe(2);
    for (const [credentials, region] of [
      [{ ...TENANT_SES, secretAccessKey: SES.secretAccessKey }, TENANT_SES.region],
      [TENANT_SES, SES.region],
    ] as const) {
      await expect(environment.ses(credentials, region).send(email())).rejects.toMatchObject({
        name: 'SignatureDoesNotMatch',
      });
    }
  });

  test('a signed call cannot be altered, sent without a signature, or used later', async () => {
    const client = environment.ses();
    let signed: { headers: Record<string, string>; body: Uint8Array } | undefined;
    client.middlewareStack.add(
      (next) => (args) => {
        signed = args.request as typeof signed;
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await client.send(email());
    if (!signed) throw new Error('The SDK made no request');
    const { headers } = signed;
    const body = new TextDecoder().decode(signed.body);
    const path = 'ses/v2/email/outbound-emails';
    const replay = async (more: Record<string, string | undefined>, content = body): Promise<string | null> => {
      const all = Object.entries({ ...headers, ...more }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      );
      const answer = await fetch(`${environment.url}/sandbox/${path}`, { method: 'POST', headers: all, body: content });
      return answer.headers.get('x-amzn-errortype');
    };
    expect(await replay({})).toBeNull();
    expect(await replay({}, body.replace('Your tickets', 'My tickets!!'))).toBe('SignatureDoesNotMatch');
    expect(await replay({ authorization: undefined })).toBe('MissingAuthenticationTokenException');
    expect(await replay({ 'x-amz-date': '20200101T000000Z' })).toBe('SignatureDoesNotMatch');
  });
});

/** Amazon SES: the contract, and what only SES does. */
import { env } from 'node:process';
import { SESv2Client, GetAccountCommand } from '@aws-sdk/client-sesv2';
import type { Envelope, Outcome } from '../../src/providers/provider.port.js';
import { SesAdapter } from '../../src/providers/ses/ses.adapter.js';
import { outcomeOfSesError } from '../../src/providers/ses/ses.errors.js';
import { BAD_ADDRESS, emailTo } from './envelopes.js';
import { DAY, type Books } from './books.contract.js';
import { json, Loopback, type Answer, type Received, type Script } from './loopback.js';
import { providerContract } from './provider.contract.js';

const account = {
  id: 'account-1',
  version: 1,
  credentials: {
    region: 'eu-west-1',
    accessKeyId: 'AKIAEXAMPLE',
    secretAccessKey: 'secret',
    configurationSet: 'events',
  },
} as const;

interface Tag {
  readonly Name: string;
  readonly Value: string;
}
interface Single {
  readonly FromEmailAddress: string;
  readonly ReplyToAddresses?: string[];
  readonly ConfigurationSetName: string;
  readonly Destination: { readonly ToAddresses: string[] };
  readonly EmailTags: Tag[];
  readonly Content: unknown;
}
interface Entry {
  readonly Destination: { readonly ToAddresses: [string] };
  readonly ReplacementTags: Tag[];
  readonly ReplacementHeaders: Tag[];
  readonly ReplacementEmailContent: { readonly ReplacementTemplate: { readonly ReplacementTemplateData: string } };
}
interface Bulk {
  readonly FromEmailAddress: string;
  readonly DefaultContent: { readonly Template: { readonly TemplateContent: Record<string, string> } };
  readonly BulkEmailEntries: Entry[];
}

const adapterAt = (endpoint: string, timeoutMs = 60_000) => new SesAdapter({ endpoint, timeoutMs });

const error = (status: number, name: string, message: string): Answer =>
  json(status, { message }, { 'x-amzn-errortype': name });
const isBulk = ({ path }: Received): boolean => path.endsWith('/outbound-bulk-emails');
const single = ({ body }: Received): Single => JSON.parse(body) as Single;
const bulk = ({ body }: Received): Bulk => JSON.parse(body) as Bulk;
const entries = (request: Received): Entry[] => bulk(request).BulkEmailEntries;
const midOf = (tags: readonly Tag[]): string | undefined => tags.find(({ Name }) => Name === 'mid')?.Value;

const healthy: Script = (request) => {
  if (request.path === '/v2/email/account') return json(200, { SendingEnabled: true });
  if (!isBulk(request)) {
    const [to] = single(request).Destination.ToAddresses;
    return to === BAD_ADDRESS
      ? error(400, 'BadRequestException', `Illegal address: ${to}`)
      : json(200, { MessageId: `ses-${to}` });
  }
  return json(200, {
    BulkEmailEntryResults: entries(request).map(({ Destination: { ToAddresses } }) =>
      ToAddresses[0] === BAD_ADDRESS
        ? { Status: 'INVALID_PARAMETER', Error: `Illegal address: ${BAD_ADDRESS}` }
        : { Status: 'SUCCESS', MessageId: `ses-${ToAddresses[0]}` },
    ),
  });
};

/** The counts of each metric, as the Virtual Deliverability Manager has them; complaints came on another day. */
const BOOKS: Books = {
  script: ({ path, body }) => {
    expect(path).toBe('/v2/email/metrics/batch');
    const { Queries } = JSON.parse(body) as { Queries: { Id: string; Metric: string; StartDate: number }[] };
    const counts: Record<string, number> = { SEND: 40, DELIVERY: 38, PERMANENT_BOUNCE: 2 };
    expect(Queries.map(({ StartDate }) => StartDate)).toEqual(Queries.map(() => Date.parse(DAY) / 1_000));
    const Results = Queries.map(({ Id, Metric }) => {
      const count = counts[Metric];
      return count === undefined
        ? { Id, Timestamps: [], Values: [] }
        : { Id, Timestamps: [Date.parse(DAY) / 1_000], Values: [count] };
    });
    return json(200, { Results, Errors: [] });
  },
  usage: [{ day: DAY, channel: 'email', messages: 40, delivered: 38, bounced: 2 }],
};

providerContract({
  name: 'Amazon SES',
  adapterAt,
  account,
  secret: 'secretAccessKey',
  envelope: (to) => emailTo(to),
  goodRecipients: ['ana@example.com', 'ben@example.com', 'cem@example.com'],
  badRecipient: BAD_ADDRESS,
  healthy,
  badCredentials: error(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
  throttled: error(429, 'TooManyRequestsException', 'Maximum sending rate exceeded.'),
  callsFor: () => 1,
  messageIdsIn: (request) =>
    isBulk(request)
      ? entries(request).map(({ ReplacementTags }) => midOf(ReplacementTags))
      : [midOf(single(request).EmailTags)],
  books: BOOKS,
});

describe('Amazon SES on the wire', () => {
  let provider: Loopback;
  const send = (envelopes: Envelope[]): Promise<Outcome[]> => adapterAt(provider.origin).send(account, envelopes);
  const first = (): Received => provider.received[0] as Received;

  beforeEach(async () => {
    provider = await Loopback.open();
    provider.script = healthy;
  });
  afterEach(() => provider.close());

  test('sends one email by itself, signed, with headers, tags and configuration set', async () => {
    const envelope: Envelope = {
      ...emailTo('ana@example.com', {
        replyTo: 'box@venue.example',
        headers: [{ name: 'List-Unsubscribe', value: '<https://v.example/u>' }],
      }),
      fromName: 'The Venue',
      correlationId: 'checkout-7',
    };
    await send([envelope]);
    expect(first().headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/ses\//);
    expect(single(first())).toEqual({
      FromEmailAddress: '"The Venue" <tickets@venue.example>',
      ReplyToAddresses: ['box@venue.example'],
      ConfigurationSetName: 'events',
      Destination: { ToAddresses: ['ana@example.com'] },
      EmailTags: [
        { Name: 'mid', Value: envelope.messageId },
        { Name: 'tenant', Value: envelope.tenantId },
        { Name: 'correlation', Value: 'checkout-7' },
      ],
      Content: {
        Simple: {
          Subject: { Data: 'Your tickets', Charset: 'UTF-8' },
          Body: {
            Html: { Data: '<p>See you &amp; enjoy</p>', Charset: 'UTF-8' },
            Text: { Data: 'See you', Charset: 'UTF-8' },
          },
          Headers: [{ Name: 'List-Unsubscribe', Value: '<https://v.example/u>' }],
        },
      },
    });
  });

  test('sends many in one bulk call, each with its own finished parts', async () => {
    const envelopes = [
      emailTo('ana@example.com', {
        subject: 'Ana "A"',
        html: '<p>Ana</p>',
        text: 'Ana\n',
        headers: [{ name: 'X-Row', value: '7' }],
      }),
      emailTo('ben@example.com', { subject: 'Ben', html: '<p>Ben</p>', text: 'Ben' }),
    ];
    await expect(send(envelopes)).resolves.toEqual([
      { kind: 'accepted', providerMessageId: 'ses-ana@example.com' },
      { kind: 'accepted', providerMessageId: 'ses-ben@example.com' },
    ]);
    expect(provider.received).toHaveLength(1);
    expect(bulk(first()).DefaultContent.Template.TemplateContent).toEqual({
      Subject: '{{subject}}',
      Html: '{{html}}',
      Text: '{{text}}',
    });
    const [ana] = entries(first());
    expect(ana).toMatchObject({
      Destination: { ToAddresses: ['ana@example.com'] },
      ReplacementHeaders: [{ Name: 'X-Row', Value: '7' }],
    });
    expect(JSON.parse(ana?.ReplacementEmailContent.ReplacementTemplate.ReplacementTemplateData ?? '')).toEqual({
      subject: 'Ana "A"',
      html: '<p>Ana</p>',
      text: 'Ana\n',
    });
  });

  test('takes fifty at a time', async () => {
    const outcomes = await send(Array.from({ length: 50 }, (_, index) => emailTo(`p${index}@example.com`)));
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && outcome.providerMessageId)).toEqual(
      Array.from({ length: 50 }, (_, index) => `ses-p${index}@example.com`),
    );
    expect(provider.received).toHaveLength(1);
  });

  test('puts together only what one call can carry', async () => {
    const envelopes: Envelope[] = [
      emailTo('1@example.com'),
      { ...emailTo('2@example.com'), from: 'other@venue.example' },
      emailTo('3@example.com', { html: undefined }),
      emailTo('4@example.com', { replyTo: 'box@venue.example' }),
      emailTo('5@example.com'),
      { ...emailTo('6@example.com'), fromName: 'The Venue' },
      emailTo('7@example.com', { html: undefined }),
    ];
    const outcomes = await send(envelopes);
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && outcome.providerMessageId)).toEqual(
      envelopes.map(({ to }) => `ses-${to}`),
    );
    const together = provider.received
      .map((request) =>
        isBulk(request)
          ? entries(request).map(({ Destination }) => Destination.ToAddresses[0])
          : single(request).Destination.ToAddresses,
      )
      .map((recipients) => recipients.map((recipient) => recipient.charAt(0)).join(''));
    expect(together.toSorted()).toEqual(['15', '2', '37', '4', '6']);
    const textOnly = provider.received.filter(isBulk).find((request) => request.body.includes('3@example.com'));
    expect(textOnly && bulk(textOnly).DefaultContent.Template.TemplateContent).toEqual({
      Subject: '{{subject}}',
      Text: '{{text}}',
    });
  });

  test.each([
    ['longer than template data may be', 'x'.repeat(262_144)],
    ['with braces that SES might take for its own', '<p>{{text}}</p>'],
  ])('sends alone what is %s', async (_, html) => {
    await send([emailTo('1@example.com'), emailTo('2@example.com', { html }), emailTo('3@example.com')]);
    expect(provider.received.filter(isBulk).map((request) => entries(request).length)).toEqual([2]);
    const alone = provider.received.find((request) => !isBulk(request)) as Received;
    expect(single(alone).Destination.ToAddresses).toEqual(['2@example.com']);
  });

  test('keeps every bulk call under a megabyte', async () => {
    const html = '<p class="row">'.repeat(4_000);
    const outcomes = await send(Array.from({ length: 50 }, (_, index) => emailTo(`p${index}@example.com`, { html })));
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(provider.received.every(isBulk)).toBe(true);
    for (const { body } of provider.received) expect(Buffer.byteLength(body)).toBeLessThan(1_000_000);
  });

  test('sends each alone when one of them makes SES refuse the whole bulk call', async () => {
    provider.script = (request) =>
      isBulk(request) ? error(400, 'BadRequestException', `Illegal address: ${BAD_ADDRESS}`) : healthy(request);
    await expect(send([emailTo('ana@example.com'), emailTo(BAD_ADDRESS), emailTo('ben@example.com')])).resolves.toEqual(
      [
        { kind: 'accepted', providerMessageId: 'ses-ana@example.com' },
        {
          kind: 'refused',
          reason: 'recipient',
          code: 'BadRequestException',
          message: `Illegal address: ${BAD_ADDRESS}`,
        },
        { kind: 'accepted', providerMessageId: 'ses-ben@example.com' },
      ],
    );
  });

  test.each([
    ['SUCCESS without an id', { Status: 'SUCCESS' }, { kind: 'unknown', code: 'SUCCESS' }],
    ['a new status', { Status: 'MAYBE' }, { kind: 'unknown', code: 'MAYBE' }],
    ['no entry', undefined, { kind: 'unknown', code: 'no-status' }],
    ['throttled', { Status: 'ACCOUNT_THROTTLED' }, { kind: 'deferred', reason: 'rate', code: 'ACCOUNT_THROTTLED' }],
  ])('reads an entry of a bulk answer: %s', async (_, entry, outcome) => {
    provider.script = () =>
      json(200, { BulkEmailEntryResults: [{ Status: 'SUCCESS', MessageId: 'one' }, ...(entry ? [entry] : [])] });
    await expect(send([emailTo('ana@example.com'), emailTo('ben@example.com')])).resolves.toEqual([
      { kind: 'accepted', providerMessageId: 'one' },
      outcome,
    ]);
  });

  test('works without a configuration set', async () => {
    const { configurationSet: _, ...credentials } = account.credentials;
    await adapterAt(provider.origin).send({ ...account, credentials }, [emailTo('ana@example.com')]);
    expect(single(first())).not.toHaveProperty('ConfigurationSetName');
  });

  test('refuses a region that cannot be one, without a call', async () => {
    const credentials = { ...account.credentials, region: 'evil.example/' };
    await expect(new SesAdapter().send({ ...account, credentials }, [emailTo('ana@example.com')])).resolves.toEqual([
      {
        kind: 'refused',
        reason: 'config',
        code: 'credentials',
        message: 'the provider account has no usable credential "region"',
      },
    ]);
  });

  test('ping takes a key that may only send for well', async () => {
    provider.script = () => error(403, 'AccessDeniedException', 'not authorized to perform ses:GetAccount');
    await expect(adapterAt(provider.origin).ping(account)).resolves.toBeUndefined();
  });

  test('tells no totals of an account that keeps no metrics', async () => {
    const Errors = [{ Id: 'messages', Code: 'ACCESS_DENIED', Message: 'VDM is not enabled' }];
    provider.script = () => json(200, { Results: [], Errors });
    const totals = adapterAt(provider.origin).usage(account, { from: DAY, to: DAY });
    await expect(totals).rejects.toThrow('The metrics of Amazon SES were not read: ACCESS_DENIED');
  });

  test('says how much the account may send a second, where its key may ask', async () => {
    provider.script = () => json(200, { SendQuota: { Max24HourSend: 50_000, MaxSendRate: 14.5, SentLast24Hours: 7 } });
    await expect(adapterAt(provider.origin).grantedRate(account)).resolves.toBe(14.5);
    provider.script = () => error(403, 'AccessDeniedException', 'not authorized to perform ses:GetAccount');
    await expect(adapterAt(provider.origin).grantedRate(account)).resolves.toBeUndefined();
    provider.script = () => error(500, 'InternalFailure', 'down');
    await expect(adapterAt(provider.origin).grantedRate(account)).rejects.toThrow('not well');
  });

  test('a request that never got a connection was not sent', async () => {
    provider.script = () => 'hang';
    const client = new SESv2Client({
      region: 'eu-west-1',
      endpoint: provider.origin,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: 100,
        requestTimeout: 400,
        throwOnRequestTimeout: true,
        httpAgent: { maxSockets: 1 },
      },
    });
    const outcome = () => client.send(new GetAccountCommand({})).then(() => undefined, outcomeOfSesError);
    const [holding, waiting] = await Promise.all([outcome(), outcome()]);
    client.destroy();
    expect(holding).toEqual({ kind: 'unknown', code: 'ETIMEDOUT' });
    expect(waiting).toEqual({ kind: 'deferred', reason: 'unreachable', code: 'connect-timeout' });
  });
});

describe('The time of a signature', () => {
  const HOUR_MS = 3_600_000;
  let provider: Loopback;
  let adapter: SesAdapter;
  /** How far Amazon's clock, and the clock that writes the `Date` of each answer, are from this machine's. */
  let amazon: number;
  let dates: number;
  let refusal: string;

  beforeEach(async () => {
    provider = await Loopback.open();
    adapter = adapterAt(provider.origin);
    [amazon, dates, refusal] = [0, 0, 'InvalidSignatureException'];
    provider.script = (request) => {
      const answer = isTimely(request) ? healthy(request) : error(403, refusal, 'Signature expired');
      return { ...(answer as Answer), headers: { ...(answer as Answer).headers, date: clock(dates).toUTCString() } };
    };
  });
  afterEach(() => provider.close());

  const clock = (offset: number): Date => new Date(Date.now() + offset);
  const signedAt = ({ headers }: Received): number =>
    Date.parse(String(headers['x-amz-date']).replace(/^(....)(..)(.....)(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
  const isTimely = (request: Received): boolean => Math.abs(signedAt(request) - clock(amazon).getTime()) < 300_000;
  const sendTo = (...names: string[]): Promise<Outcome[]> =>
    adapter.send(
      account,
      names.map((name) => ({ ...emailTo(`${name}@example.com`), from: `${name}@venue.example` })),
    );
  const accepted = (...names: string[]): Outcome[] =>
    names.map((name) => ({ kind: 'accepted', providerMessageId: `ses-${name}@example.com` }));

  describe.each([
    ['a stale', -HOUR_MS],
    ['an early', HOUR_MS],
  ])('after an answer with %s Date', (_, off) => {
    test.each([
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
      'RequestExpired',
      'RequestInTheFuture',
      'RequestTimeTooSkewed',
    ])('is refused (%s), and the call is made once more by the right clock', async (name) => {
      refusal = name;
      dates = off;
      await sendTo('ana');
      dates = 0;
      await expect(sendTo('ben')).resolves.toEqual(accepted('ben'));
      await expect(sendTo('cleo')).resolves.toEqual(accepted('cleo'));
      expect(provider.received.map(isTimely)).toEqual([true, false, true, true]);
    });

    test('costs none of many calls at once their message', async () => {
      const names = Array.from({ length: 24 }, (__, index) => `p${index}`);
      dates = off;
      await sendTo('ana');
      dates = 0;
      await expect(sendTo(...names)).resolves.toEqual(accepted(...names));
    });

    test('that all answers have is not believed', async () => {
      dates = off;
      for (const name of ['ana', 'ben', 'cleo']) {
        await expect(sendTo(name)).resolves.toEqual(accepted(name));
      }
      await expect(adapter.ping(account)).resolves.toBeUndefined();
    });
  });

  test('is Amazon’s where this machine’s clock is wrong', async () => {
    amazon = dates = HOUR_MS;
    for (const name of ['ana', 'ben', 'cleo']) await expect(sendTo(name)).resolves.toEqual(accepted(name));
    expect(provider.received.map(isTimely)).toEqual([false, true, true, true]);
  });

  test('that both clocks have wrong leaves the provider out of reach, and the account in order', async () => {
    amazon = 2 * HOUR_MS;
    dates = HOUR_MS;
    const outcomes = await sendTo('ana');
    expect(outcomes).toEqual([{ kind: 'deferred', reason: 'unreachable', code: 'InvalidSignatureException' }]);
    expect(provider.received).toHaveLength(2);
  });

  test('is no excuse for a wrong secret', async () => {
    provider.script = () => error(403, 'SignatureDoesNotMatch', 'The request signature does not match');
    await expect(sendTo('ana')).resolves.toEqual([
      {
        kind: 'refused',
        reason: 'config',
        code: 'SignatureDoesNotMatch',
        message: 'The request signature does not match',
      },
    ]);
    expect(provider.received).toHaveLength(1);
  });
});

describe('The credentials of SES', () => {
  let provider: Loopback;
  const send = (credentials: Record<string, string>): Promise<Outcome[]> =>
    adapterAt(provider.origin).send(
      { id: 'account-2', version: 1, credentials: { region: 'eu-west-1', ...credentials } },
      [emailTo('ana@example.com')],
    );
  /** Only these: whatever the machine has of its own. */
  async function withEnvironment<Result>(
    variables: Readonly<Record<string, string>>,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const before = { ...env };
    for (const name of Object.keys(env)) if (name.startsWith('AWS_')) Reflect.deleteProperty(env, name);
    Object.assign(env, { AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null', ...variables });
    env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
    try {
      return await work();
    } finally {
      for (const name of Object.keys(env)) Reflect.deleteProperty(env, name);
      Object.assign(env, before);
    }
  }
  const keyIn = ({ headers }: Received): string | undefined =>
    /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1];

  beforeEach(async () => {
    provider = await Loopback.open();
    provider.script = healthy;
  });
  afterEach(() => provider.close());

  test('may be temporary: their session token is signed and sent', async () => {
    await send({ accessKeyId: 'ASIATEMPORARY', secretAccessKey: 'secret', sessionToken: 'a session token' });
    const [{ headers } = { headers: {} as Received['headers'] }] = provider.received;
    expect(headers['x-amz-security-token']).toBe('a session token');
    expect(headers.authorization).toContain('x-amz-security-token');
  });

  test('may be those of the role that the machine has, which the SDK fetches', async () => {
    const metadata = await Loopback.open();
    metadata.script = () =>
      json(200, {
        AccessKeyId: 'ASIAOFTHEROLE',
        SecretAccessKey: 'secret',
        Token: 'token of the role',
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      });
    const variables = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${metadata.origin}/role` };
    const outcomes = await withEnvironment(variables, () => send({ source: 'chain' }));
    expect(outcomes).toMatchObject([{ kind: 'accepted' }]);
    expect(provider.received.map(keyIn)).toEqual(['ASIAOFTHEROLE']);
    expect(provider.received[0]?.headers['x-amz-security-token']).toBe('token of the role');
    expect(metadata.received.map(({ path }) => path)).toEqual(['/role']);
    await metadata.close();
  });

  test('that are nowhere to be found are our mistake, and nothing was sent', async () => {
    const outcomes = await withEnvironment({}, () => send({ source: 'chain' }));
    expect(outcomes).toEqual([{ kind: 'refused', reason: 'config', code: 'CredentialsProviderError' }]);
    expect(provider.received).toEqual([]);
  });

  test('of the environment are not looked at unless that is asked for', async () => {
    const variables = { AWS_ACCESS_KEY_ID: 'AKIAOFTHEMACHINE', AWS_SECRET_ACCESS_KEY: 'secret' };
    await withEnvironment(variables, () => send({ accessKeyId: 'AKIAOFTHEACCOUNT', secretAccessKey: 'secret' }));
    expect(provider.received.map(keyIn)).toEqual(['AKIAOFTHEACCOUNT']);
    const outcomes = await withEnvironment(variables, () => send({}));
    expect(outcomes).toMatchObject([{ kind: 'refused', reason: 'config', code: 'credentials' }]);
  });
});

/** SNS signatures: real RSA, cross-checked against another implementation. */
import { generateKeyPairSync } from 'node:crypto';
import { Agent } from 'node:https';
import { connect } from 'node:tls';
import SnsPayloadValidator from 'sns-payload-validator';
import { fetchText } from '../../src/providers/ses/sns.fetch.js';
import { SnsVerifier, type SnsVerifierOptions } from '../../src/providers/ses/sns.signature.js';
import { MalformedWebhook, UncheckedWebhook, UntrustedWebhook } from '../../src/providers/webhook.errors.js';
import { Loopback } from './loopback.js';
import { bytesOf, CERT_URL, certificatePem, confirmation, notification, signed, TOPIC, type SnsBody } from './sns.js';

const HOUR = 3_600_000;

const verifier = (options: Partial<SnsVerifierOptions> = {}) =>
  new SnsVerifier({ topicArns: [TOPIC], fetchCert: () => Promise.resolve(certificatePem), ...options });

const messages: [string, SnsBody][] = [
  ['notification', notification({ eventType: 'Send' })],
  [
    'notification with a subject',
    notification('line\nbreak and ü', { Subject: 'Amazon SES Email Event Notification' }),
  ],
  ['subscription confirmation', confirmation()],
  ['unsubscribe confirmation', confirmation({ Type: 'UnsubscribeConfirmation' })],
];
const cases = messages.flatMap(([name, body]) =>
  (['1', '2'] as const).map((version) => [name, version, body] as const),
);

describe('SNS signatures', () => {
  test.each(cases)('a %s of signature version %s is trusted', async (_, version, body) => {
    await expect(verifier().verify(bytesOf(signed(body, version)))).resolves.toMatchObject({
      type: body.Type,
      messageId: body.MessageId,
      topicArn: TOPIC,
      message: body.Message,
      timestamp: new Date(body.Timestamp ?? ''),
    });
  });

  test('a subject of null counts as none, as Lambda writes it', async () => {
    const body = { ...signed(notification('hello')), Subject: null };
    await expect(verifier().verify(bytesOf(body))).resolves.toMatchObject({ message: 'hello' });
  });

  describe.each(cases)('a %s of signature version %s', (_, version, body) => {
    const original = signed(body, version);
    const altered = Object.keys(original).filter((name) => name !== 'UnsubscribeURL' && name !== 'SignatureVersion');

    test.each(altered)('is refused when one character of %s is altered', async (name) => {
      const value = original[name] ?? '';
      const middle = Math.floor(value.length / 2);
      const other = value.charAt(middle) === 'A' ? 'B' : 'A';
      const forged = { ...original, [name]: value.slice(0, middle) + other + value.slice(middle + 1) };
      await expect(verifier().verify(bytesOf(forged))).rejects.toThrow(/untrusted|not trusted|malformed|Type/);
    });

    test('is refused under the other version', async () => {
      const forged = { ...original, SignatureVersion: version === '1' ? '2' : '1' };
      await expect(verifier().verify(bytesOf(forged))).rejects.toThrow('the signature is wrong');
    });
  });

  test('a message cut at a line break, its rest passed off as another message id, is refused', async () => {
    const body = signed(notification('a\nMessageId\nb'));
    const forged = { ...body, Message: 'a', MessageId: `b\nMessageId\n${body.MessageId}` };
    await expect(verifier().verify(bytesOf(forged))).rejects.toThrow(MalformedWebhook);
  });

  test('a signature by another key is refused', async () => {
    const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    await expect(verifier().verify(bytesOf(signed(notification('x'), '2', other)))).rejects.toThrow(UntrustedWebhook);
  });

  test.each(['0', '3', '', 'constructor'])('signature version %j is refused', async (SignatureVersion) => {
    const forged = { ...signed(notification('x')), SignatureVersion };
    await expect(verifier().verify(bytesOf(forged))).rejects.toThrow('the signature version is not known');
  });

  test('a foreign topic is refused before a certificate is fetched', async () => {
    const fetchCert = (): Promise<string> => Promise.reject(new Error('fetched'));
    const body = signed(notification('x', { TopicArn: 'arn:aws:sns:eu-west-1:999999999999:theirs' }));
    await expect(verifier({ fetchCert }).verify(bytesOf(body))).rejects.toThrow('the topic is not one of ours');
  });

  test.each([
    'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.pem',
    'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.pem',
    'https://evil.example/?https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.pem',
    'https://sns.eu-west-1.amazonaws.com/mine.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a0a.pem',
    'https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.pem',
    'https://bucket.s3.amazonaws.com/SimpleNotificationService-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.pem',
    'https://user@sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.pem',
    'https://sns.eu-west-1.amazonaws.com/../SimpleNotificationService-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a.pem',
    'not a url',
  ])('a certificate at %j is not fetched', async (SigningCertURL) => {
    const fetchCert = (): Promise<string> => Promise.reject(new Error('fetched'));
    const body = { ...signed(notification('x')), SigningCertURL };
    await expect(verifier({ fetchCert }).verify(bytesOf(body))).rejects.toThrow('not at an address of SNS');
  });

  test('the addresses of China and of a sandbox are accepted', async () => {
    const chinese = CERT_URL.replace('amazonaws.com', 'amazonaws.com.cn');
    const body = signed(notification('x'));
    await expect(verifier().verify(bytesOf({ ...body, SigningCertURL: chinese }))).resolves.toBeDefined();
    const sandbox = 'http://127.0.0.1:4000/sandbox.pem';
    const allowing = verifier({ allowCertUrl: (url) => url === sandbox });
    await expect(allowing.verify(bytesOf({ ...body, SigningCertURL: sandbox }))).resolves.toBeDefined();
    await expect(allowing.verify(bytesOf({ ...body, SigningCertURL: `${sandbox}?` }))).rejects.toThrow(
      UntrustedWebhook,
    );
  });

  test.each([
    ['74 minutes old', -74 / 60, true],
    ['76 minutes old', -76 / 60, false],
    ['76 minutes ahead', 76 / 60, false],
  ])('a message %s: trusted %#', async (_, hours, trusted) => {
    const body = signed(notification('x', { Timestamp: new Date(Date.now() + hours * HOUR).toISOString() }));
    const outcome = verifier().verify(bytesOf(body));
    await (trusted ? expect(outcome).resolves.toBeDefined() : expect(outcome).rejects.toThrow('too old'));
  });

  test.each([
    ['before', -48],
    ['after', 11 * 365 * 24],
  ])('a certificate %s its days is refused', async (_, hours) => {
    const now = Date.now() + hours * HOUR;
    const body = signed(notification('x', { Timestamp: new Date(now).toISOString() }));
    await expect(verifier({ now: () => now }).verify(bytesOf(body))).rejects.toThrow(
      'the certificate is not valid today',
    );
  });

  test.each([
    ['no JSON', Buffer.from('{')],
    ['a list', Buffer.from('[]')],
    ['null', Buffer.from('null')],
    ['another type', bytesOf({ ...signed(notification('x')), Type: 'Other' })],
    ['a number for a message', bytesOf({ ...signed(notification('x')), Message: 1 })],
    ['no signature', bytesOf(notification('x'))],
    ['a list for a subject', bytesOf({ ...signed(notification('x')), Subject: [] })],
    ['no time for a timestamp', bytesOf(signed(notification('x', { Timestamp: 'now' })))],
  ])('a body that is %s is malformed', async (_, body) => {
    await expect(verifier().verify(body)).rejects.toThrow(MalformedWebhook);
  });
});

describe('SNS certificates', () => {
  test('are fetched once, also when many messages come at the same time', async () => {
    let fetches = 0;
    const one = verifier({
      fetchCert: () => {
        fetches += 1;
        return Promise.resolve(certificatePem);
      },
    });
    const body = bytesOf(signed(notification('x')));
    await Promise.all(Array.from({ length: 20 }, () => one.verify(body)));
    await one.verify(body);
    expect(fetches).toBe(1);
  });

  test('are asked for again after a failure, which is no verdict on the message', async () => {
    let fetches = 0;
    const one = verifier({
      fetchCert: () => {
        fetches += 1;
        return fetches === 1
          ? Promise.reject(new Error('down'))
          : Promise.resolve(fetches === 2 ? 'no pem' : certificatePem);
      },
    });
    const body = bytesOf(signed(notification('x')));
    await expect(one.verify(body)).rejects.toThrow(UncheckedWebhook);
    await expect(one.verify(body)).rejects.toThrow(UncheckedWebhook);
    await expect(one.verify(body)).resolves.toBeDefined();
  });

  const urlOf = (index: number) => CERT_URL.replace('0a0a', index.toString().padStart(4, '0'));

  test('are kept only for the last few addresses', async () => {
    const fetched: string[] = [];
    const one = verifier({
      fetchCert: (url) => {
        fetched.push(url);
        return Promise.resolve(certificatePem);
      },
    });
    const body = signed(notification('x'));
    const ask = (index: number) => one.verify(bytesOf({ ...body, SigningCertURL: urlOf(index) }));
    for (let index = 0; index < 17; index += 1) await ask(index);
    await ask(16);
    expect(fetched).toHaveLength(17);
    await ask(0);
    expect(fetched).toHaveLength(18);
  });

  test('do not keep more than a few fetches under way', async () => {
    const waiting: ((pem: string) => void)[] = [];
    const one = verifier({ fetchCert: () => new Promise((resolve) => waiting.push(resolve)) });
    const body = signed(notification('x'));
    const asked = Array.from({ length: 4 }, (_, index) =>
      one.verify(bytesOf({ ...body, SigningCertURL: urlOf(index) })),
    );
    await expect(one.verify(bytesOf({ ...body, SigningCertURL: urlOf(4) }))).rejects.toThrow(UncheckedWebhook);
    for (const resolve of waiting) resolve(certificatePem);
    await expect(Promise.all(asked)).resolves.toHaveLength(4);
  });
});

describe('another implementation of SNS signatures', () => {
  let certificates: Loopback;
  let oracle: SnsPayloadValidator;

  /** Takes every connection, wherever it is meant to go, to the loopback. */
  class Detour extends Agent {
    override createConnection(): ReturnType<typeof connect> {
      const port = Number(new URL(certificates.origin).port);
      return connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    }
  }

  beforeAll(async () => {
    certificates = await Loopback.open({ tls: true });
    certificates.script = () => ({ status: 200, body: certificatePem });
    oracle = new SnsPayloadValidator({ requestAgent: new Detour() });
  });
  afterAll(() => certificates.close());

  test.each(cases)('agrees on a %s of signature version %s', async (_, version, body) => {
    const good = signed(body, version);
    await expect(oracle.validate(JSON.stringify(good))).resolves.toBeDefined();
    const forged = { ...good, Message: `${good.Message}.` };
    await expect(oracle.validate(JSON.stringify(forged))).rejects.toThrow('Invalid Signature');
  });
});

describe('fetching a text', () => {
  let server: Loopback;
  beforeEach(async () => {
    server = await Loopback.open();
  });
  afterEach(() => server.close());

  test('answers what is there', async () => {
    server.script = () => ({ status: 200, body: certificatePem });
    await expect(fetchText(`${server.origin}/cert.pem`)).resolves.toBe(certificatePem);
  });

  test('follows no redirect', async () => {
    server.script = ({ path }) =>
      path === '/secret'
        ? { status: 200, body: 'secret' }
        : { status: 302, body: '', headers: { location: '/secret' } };
    await expect(fetchText(`${server.origin}/`)).rejects.toThrow('fetch failed');
    expect(server.received).toHaveLength(1);
  });

  test('refuses other statuses and what is too big', async () => {
    server.script = () => ({ status: 404, body: 'no' });
    await expect(fetchText(server.origin)).rejects.toThrow('HTTP 404');
    server.script = () => ({ status: 200, body: 'x'.repeat(64 * 1024 + 1) });
    await expect(fetchText(server.origin)).rejects.toThrow('More than');
  });
});

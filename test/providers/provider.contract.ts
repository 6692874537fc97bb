/** The exam every adapter takes: real SDK, real HTTP, a provider on loopback that behaves and misbehaves. */
import { randomUUID } from 'node:crypto';
import { accountFaultOf } from '../../src/providers/client-cache.js';
import type { Envelope, Outcome, ProviderAccount, ProviderAdapter } from '../../src/providers/provider.port.js';
import { booksContract, type Books } from './books.contract.js';
import { until } from '../../harness/until.js';
import { html, json, Loopback, type Answer, type Received, type Reply, type Script } from './loopback.js';

export interface Candidate {
  readonly name: string;
  adapterAt(origin: string, timeoutMs: number): ProviderAdapter;
  readonly account: ProviderAccount;
  /** The name of the credential that is secret. */
  readonly secret: string;
  envelope(to: string): Envelope;
  /** Recipients to accept and one to refuse, by `healthy`. */
  readonly goodRecipients: readonly [string, string, string];
  readonly badRecipient: string;
  /** The provider as it should be: takes what is good, refuses the bad recipient. */
  readonly healthy: Script;
  readonly badCredentials: Answer;
  readonly throttled: Answer;
  /** How many calls carry this many messages. */
  callsFor(messages: number): number;
  /** Our ids of the messages a call carried. */
  messageIdsIn(request: Received): (string | undefined)[];
  /** What the provider itself says of a day. */
  readonly books: 'none' | Books;
}

/** How long an adapter waits for a provider that never answers, and for one that does, on whatever machine. */
const TIMEOUT_MS = 750;
const PATIENCE_MS = 60_000;

const SILENT = new Set<Reply>(['hang', 'drip', 'stall']);
const NOTHING: Received = { method: 'POST', path: '/', headers: {}, body: '' };

export function providerContract(candidate: Candidate): void {
  const { account } = candidate;
  booksContract(candidate);
  /** Up to three. */
  const some = (count: number): Envelope[] =>
    candidate.goodRecipients.slice(0, count).map((to) => candidate.envelope(to));

  describe(`${candidate.name} keeps the provider contract`, () => {
    let provider: Loopback;
    let adapter: ProviderAdapter;

    beforeEach(async () => {
      provider = await Loopback.open();
      provider.script = candidate.healthy;
      adapter = candidate.adapterAt(provider.origin, PATIENCE_MS);
    });
    afterEach(() => provider.close());

    test('says accepted with the id that the provider gave', async () => {
      const [outcome] = await adapter.send(account, some(1));
      expect(outcome).toEqual({ kind: 'accepted', providerMessageId: expect.stringMatching(/\w/) });
    });

    test('sends nothing for nothing', async () => {
      await expect(adapter.send(account, [])).resolves.toEqual([]);
      expect(provider.received).toEqual([]);
    });

    test('lets our message id travel with every message', async () => {
      const envelopes = some(3);
      await adapter.send(account, envelopes);
      const carried = provider.received.flatMap((request) => candidate.messageIdsIn(request));
      expect(carried).toHaveLength(3);
      expect(new Set(carried)).toEqual(new Set(envelopes.map(({ messageId }) => messageId)));
    });

    test('answers one outcome for each message, in order', async () => {
      const [first, second] = candidate.goodRecipients;
      const batch = [first, candidate.badRecipient, second].map((to) => candidate.envelope(to));
      const outcomes = await adapter.send(account, batch);
      expect(outcomes).toEqual([
        { kind: 'accepted', providerMessageId: expect.any(String) },
        expect.objectContaining({ kind: 'refused', reason: 'recipient' }),
        { kind: 'accepted', providerMessageId: expect.any(String) },
      ]);
    });

    test('never repeats an address in an outcome, save in the words of the provider', async () => {
      const [outcome] = await adapter.send(account, [candidate.envelope(candidate.badRecipient)]);
      expect(outcome).toMatchObject({ kind: 'refused', message: expect.stringMatching(/\w.* .*\w/) });
      expect(JSON.stringify({ ...outcome, message: undefined })).not.toContain(candidate.badRecipient);
    });

    describe.each([1, 3])('with %d in a batch', (count) => {
      const all = async (): Promise<Outcome[]> => {
        const outcomes = await adapter.send(account, some(count));
        expect(outcomes).toHaveLength(count);
        return outcomes;
      };

      test.each<[string, Script]>([
        ['silent', () => 'hang'],
        ['dripping headers', () => 'drip'],
        ['silent in the middle of its answer', () => 'stall'],
        ['gone before it answers', () => 'reset'],
        ['gone in the middle of its answer', () => 'cut'],
        ['failing (503)', () => json(503, { message: 'down', code: 20503, status: 503 })],
        ['failing (500)', () => json(500, { message: 'down', code: 20500, status: 500 })],
        ['behind a broken proxy (HTML 502)', () => html(502)],
        ['too slow for its own liking (408)', () => json(408, {})],
        ['answering a page with 200', () => html(200)],
        ['answering nothing of use', () => json(200, {})],
      ])('leaves messages in doubt, and asks once, when the provider is %s', async (_, script) => {
        provider.script = script;
        if (SILENT.has(script(NOTHING))) adapter = candidate.adapterAt(provider.origin, TIMEOUT_MS);
        for (const outcome of await all()) expect(outcome).toMatchObject({ kind: 'unknown' });
        // On a busy machine the adapter may give up before we have read the call.
        await until(() => provider.received.length >= candidate.callsFor(count));
        expect(provider.received).toHaveLength(candidate.callsFor(count));
      });

      test('defers when the provider throttles', async () => {
        provider.script = () => candidate.throttled;
        for (const outcome of await all()) expect(outcome).toMatchObject({ kind: 'deferred', reason: 'rate' });
        expect(provider.received).toHaveLength(candidate.callsFor(count));
      });

      test('refuses as our mistake when the provider does not know the credentials', async () => {
        provider.script = () => candidate.badCredentials;
        for (const outcome of await all()) expect(outcome).toMatchObject({ kind: 'refused', reason: 'config' });
      });

      test('defers when nobody listens', async () => {
        adapter = candidate.adapterAt(await Loopback.nowhere(), PATIENCE_MS);
        for (const outcome of await all()) expect(outcome).toMatchObject({ kind: 'deferred', reason: 'unreachable' });
      });

      test('refuses as our mistake, without a call, when a credential is missing', async () => {
        const outcomes = await adapter.send({ ...account, id: 'another', credentials: {} }, some(count));
        expect(outcomes).toEqual(
          Array.from({ length: count }, () => expect.objectContaining({ kind: 'refused', reason: 'config' })),
        );
        expect(provider.received).toEqual([]);
      });

      test('defers, without a call, what is given up before it begins', async () => {
        const outcomes = await adapter.send(account, some(count), AbortSignal.abort());
        expect(outcomes).toEqual(Array.from({ length: count }, () => expect.objectContaining({ kind: 'deferred' })));
        expect(provider.received).toEqual([]);
      });
    });

    test('defers when the provider cannot prove who it is', async () => {
      const impostor = await Loopback.open({ tls: true });
      const outcomes = await candidate.adapterAt(impostor.origin, PATIENCE_MS).send(account, some(1));
      await impostor.close();
      expect(outcomes).toEqual([{ kind: 'deferred', reason: 'unreachable', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }]);
    });

    test('defers when the far side does not speak TLS', async () => {
      const outcomes = await candidate
        .adapterAt(provider.origin.replace('http:', 'https:'), PATIENCE_MS)
        .send(account, some(1));
      expect(outcomes).toEqual([expect.objectContaining({ kind: 'deferred', reason: 'unreachable' })]);
    });

    test.each([undefined, null, 'enough'])(
      'leaves in doubt what is given up under way (reason: %s)',
      async (reason) => {
        const controller = new AbortController();
        provider.script = () => {
          controller.abort(reason);
          return 'hang';
        };
        const patient = candidate.adapterAt(provider.origin, PATIENCE_MS);
        const outcomes = await patient.send(account, some(1), controller.signal);
        expect(outcomes).toEqual([expect.objectContaining({ kind: 'unknown' })]);
      },
    );

    test('works behind a path', async () => {
      await candidate.adapterAt(`${provider.origin}/sandbox/it`, PATIENCE_MS).send(account, some(1));
      expect(provider.received[0]?.path).toMatch(/^\/sandbox\/it\/\w/);
    });

    test('keeps its connections', async () => {
      for (let round = 0; round < 20; round += 1) await adapter.send(account, some(1));
      expect(provider.connections).toBeLessThanOrEqual(2);
    });

    test('takes new credentials with a new version of the account', async () => {
      await adapter.send(account, some(1));
      const credentials = { ...account.credentials, [candidate.secret]: randomUUID() };
      await adapter.send({ ...account, version: account.version + 1, credentials }, some(1));
      const [before, after] = provider.received.map(({ headers }) => headers.authorization);
      expect(after).not.toBe(before);
    });

    test('refuses content of another kind of channel', async () => {
      const content = {
        ...candidate.envelope(candidate.goodRecipients[0]),
        channel: 'voice',
        content: { kind: 'none' },
      };
      await expect(adapter.send(account, [content as unknown as Envelope])).resolves.toEqual([
        expect.objectContaining({ kind: 'refused', reason: 'content' }),
      ]);
      expect(provider.received).toEqual([]);
    });

    test('ping resolves when the provider knows the account, and says what is wrong when not', async () => {
      await expect(adapter.ping(account)).resolves.toBeUndefined();
      provider.script = () => candidate.badCredentials;
      const refused: unknown = await adapter.ping(account).catch((error: unknown) => error);
      expect([String(refused), accountFaultOf(refused)]).toEqual([
        expect.stringMatching(/not well: \w+/),
        'credentials',
      ]);
      const empty = { ...account, id: 'another', credentials: {} };
      const unusable: unknown = await adapter.ping(empty).catch((error: unknown) => error);
      expect([String(unusable), accountFaultOf(unusable)]).toEqual([
        expect.stringContaining('no usable credential'),
        'credentials',
      ]);
      const nowhere = candidate.adapterAt(await Loopback.nowhere(), PATIENCE_MS);
      const away: unknown = await nowhere.ping(account).catch((error: unknown) => error);
      expect([String(away), accountFaultOf(away)]).toEqual([expect.stringContaining('ECONNREFUSED'), 'unreachable']);
    });
  });
}
